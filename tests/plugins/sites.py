"""Local web servers that tests serve pages from."""

from dataclasses import dataclass

from pytest_httpserver import HTTPServer


@dataclass(frozen=True)
class Site:
    """A local web server, named as people name hosts in the setting."""

    server: HTTPServer

    @property
    def host(self) -> str:
        return f"{self.server.host}:{self.server.port}"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def page(
        self,
        path: str,
        body: str,
        *,
        status: int = 200,
        content_type: str = "text/html; charset=utf-8",
    ) -> str:
        """Serve one page and give its address."""
        handler = self.server.expect_request(path)
        handler.respond_with_data(body, status=status, content_type=content_type)
        return self.url(path)
