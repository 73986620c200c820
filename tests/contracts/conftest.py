"""The one session of Spark runs in one worker, and its marker is known without xdist too."""


def pytest_configure(config):
    config.addinivalue_line("markers", "xdist_group(name): tests that share one worker")
