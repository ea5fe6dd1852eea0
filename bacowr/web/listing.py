"""Which part of a list somebody looks at: what is searched for, which status, which page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import url_for

from bacowr.jobs.states import JobStatus

PAGE_SIZES = (20, 50, 100)


@dataclass(frozen=True)
class Listing:
    """What the address of a list of orders says."""

    search: str = ""
    status: str = ""
    page: int = 1
    page_size: int = PAGE_SIZES[0]

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> "Listing":
        """Read an address; what makes no sense in it is as if it were not there."""
        status = arguments.get("status", "")
        page, size = arguments.get("page", ""), arguments.get("page_size", "")
        return cls(
            search=arguments.get("q", "").strip(),
            status=status if status in set(JobStatus) else "",
            page=max(1, int(page)) if page.isdecimal() and len(page) < len("1000000000") else 1,
            page_size=int(size) if size in map(str, PAGE_SIZES) else PAGE_SIZES[0],
        )

    @property
    def statuses(self) -> Collection[JobStatus]:
        """The statuses to narrow the list to; none for all."""
        return (JobStatus(self.status),) if self.status else ()

    @property
    def is_narrowed(self) -> bool:
        """Whether the list leaves orders out."""
        return bool(self.search or self.status)

    def within(self, total: int) -> int:
        """Return the page's number; the last one's when there are fewer."""
        return max(1, min(self.page, -(-total // self.page_size)))

    def url(self, page: int = 1) -> str:
        """Return the address of another page of the same list."""
        return url_for(
            "web.jobs.index",
            q=self.search or None,
            status=self.status or None,
            page=page if page > 1 else None,
            page_size=self.page_size if self.page_size != PAGE_SIZES[0] else None,
        )
