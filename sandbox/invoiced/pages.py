"""Pages of a list: which one is asked for, what its headers say, which one may not be read yet."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import URL

from .errors import InvalidError

MAX_PER_PAGE = 100
DEEP = 10_000
REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its number from 1 and how many records it holds at most."""

    number: int
    size: int
    counted: bool = True

    @property
    def offset(self) -> int:
        """How many records stand before it."""
        return (self.number - 1) * self.size

    def headers(self, url: URL, total: int) -> dict[str, str]:
        """`Link` with every page one can go to from here, and `X-Total-Count`; none with paginate=none."""
        if not self.counted:
            return {}
        last = max(1, -(-total // self.size))
        numbers = {"self": self.number, "first": 1}
        if self.number > 1:
            numbers["previous"] = self.number - 1
        if self.number < last:
            numbers["next"] = self.number + 1
        numbers["last"] = last
        links = (f'<{self._url(url, number)}>; rel="{rel}"' for rel, number in numbers.items())
        return {"Link": ", ".join(links), "X-Total-Count": str(total)}

    def _url(self, url: URL, number: int) -> str:
        # a comma or semicolon in an address would cut the header apart for simple readers
        address = str(url.include_query_params(page=number, per_page=self.size))
        return address.replace(",", "%2C").replace(";", "%3B")


def asked_page(params: Mapping[str, str], switches: Mapping[str, bool]) -> Page:
    """The page a query asks for; numbers nobody can read mean the first page and the default size."""
    default = 25 if switches["invoiced.per_page_default_25"] else MAX_PER_PAGE
    size = _positive(params.get("per_page"), default)
    if size > MAX_PER_PAGE and not switches["invoiced.per_page_clamped"]:
        raise InvalidError(f"per_page {size} is above {MAX_PER_PAGE}", "per_page")
    number = min(_positive(params.get("page"), 1), 10**12)
    return Page(number, min(size, MAX_PER_PAGE), params.get("paginate") != "none")


def _positive(text: str | None, default: int) -> int:
    readable = text is not None and text.isascii() and text.isdigit() and len(text) <= 18
    number = int(text or 0) if readable else 0
    return number if number > 0 else default


class DeepPages:
    """Remembers how far each list has been read; far out, pages can be had in sequence only."""

    def __init__(self) -> None:
        self._read: OrderedDict[str, int] = OrderedDict()

    def check(self, url: URL, reader: str, page: Page) -> None:
        """Notes the page as read; raises InvalidError for a deep one whose predecessor was not."""
        query = url.remove_query_params("page")
        key = f"{reader} {query.path}?{query.query}"
        furthest = self._read.get(key, 0)
        if page.offset >= DEEP and page.number > furthest + 1:
            raise InvalidError(
                f"Page {page.number} can not be read yet, please request the earlier pages first", "page"
            )
        self._read[key] = max(furthest, page.number)
        self._read.move_to_end(key)
        if len(self._read) > REMEMBERED:
            self._read.popitem(last=False)
