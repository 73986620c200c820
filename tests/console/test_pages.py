"""Every page opens for those who may open it."""

from console.invented import case


def test_the_queue_shows_a_case(browser):
    case(60, 1)
    page = browser("analyst").get("/queue/")
    assert page.status_code == 200, page
    assert "C-1" in page.content.decode()


def test_the_case_opens(browser):
    one = case(60, 1)
    client = browser("analyst")
    page = client.get(f"/cases/{one.pk}/")
    assert page.status_code == 200
    assert client.get(f"/cases/{one.pk}/map/").status_code == 200
