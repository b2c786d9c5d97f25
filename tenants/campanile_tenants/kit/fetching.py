"""Reading other people's addresses, for modules: guarded against addresses of the inside (SSRF), bounded, timed."""

from campanile_infra.web.fetching import Fetched, NotFetched, fetch, fetch_if_changed, is_there

__all__ = ["Fetched", "NotFetched", "fetch", "fetch_if_changed", "is_there"]
