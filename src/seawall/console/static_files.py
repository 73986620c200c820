"""Hands the package's few static files out whole, in one piece each."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware


class WholeFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # WhiteNoise ships no types
    """WhiteNoise without streams: an asynchronous server would have to consume each of them in a thread."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        """The answer of WhiteNoise with its body read."""
        found = WhiteNoiseMiddleware.serve(static_file, request)
        answer = HttpResponse(b"".join(found), status=found.status_code, headers=dict(found.headers))
        if "content-type" not in found:  # of an answer without a body; Django's own would replace what is cached
            del answer["content-type"]
        found.close()
        return answer
