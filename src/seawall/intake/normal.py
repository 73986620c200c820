"""One spelling for a hashtag and for a link, so that equal ones meet."""

import pyarrow as pa
import pyarrow.compute as pc

_TRACKING = r"(?:utm_[a-z_]+|fbclid|gclid|dclid|msclkid|igshid|igsh|mc_cid|mc_eid|ref_src|ref_url)=[^&]*"


def normal_tags(texts: pa.Array) -> pa.Array:
    """Hashtags in Unicode NFKC, lower case, without the leading sign or spaces around them."""
    spelled = pc.utf8_lower(pc.utf8_normalize(texts, form="NFKC"))
    return pc.utf8_ltrim(pc.utf8_trim_whitespace(spelled), characters="#")


def normal_links(texts: pa.Array) -> pa.Array:
    """Links as `host/path?query`: lower-case host, no scheme, no `www.`, no tracking, fragment or trailing slash."""
    bare = pc.replace_substring_regex(pc.utf8_trim_whitespace(texts), r"^[A-Za-z][A-Za-z0-9+.\-]*://", "")
    parts = pc.extract_regex(bare, r"(?s)^(?P<host>[^/?#]*)(?P<rest>[^#]*)")
    host = pc.utf8_lower(pc.struct_field(parts, "host"))
    host = pc.replace_substring_regex(host, r"^www\.|\.$|:(?:80|443)$", "")
    rest = pc.replace_substring_regex(pc.struct_field(parts, "rest"), rf"\?(?:{_TRACKING}(?:&|$))+", "?")
    rest = pc.replace_substring_regex(rest, rf"&{_TRACKING}", "")
    between = pc.utf8_slice_codeunits(host, 0, 0)  # nothing, as a column: a scalar would load pandas into every guard
    return pc.utf8_rtrim(pc.binary_join_element_wise(host, rest, between), characters="/?&")
