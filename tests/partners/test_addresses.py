"""Which addresses that strangers gave may be called."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.errors import AddressRefused
from kassa.partners.addresses import is_loopback, is_public, read_url

MINE = frozenset({"127.0.0.1:8400", "localhost:8400"})


@pytest.mark.parametrize(
    ("url", "spelled"),
    [
        ("https://hooks.example.com", "https://hooks.example.com/"),
        ("https://hooks.example.com:443/a?b=c", "https://hooks.example.com/a?b=c"),
        ("HTTPS://Hooks.Example.COM./A", "https://hooks.example.com/A"),
        ("https://hooks.example.com:8443/", "https://hooks.example.com:8443/"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ("https://my_shop.example.com/%20", "https://my_shop.example.com/%20"),
        ("https://a.example?x", "https://a.example/?x"),
    ],
)
def test_a_public_name_over_https_may_be_called_and_has_one_spelling(
    url: str, spelled: str
) -> None:
    target = read_url(url)
    assert target.url == spelled
    assert read_url(target.url) == target


@pytest.mark.parametrize(
    "url",
    [
        *("http://hooks.example.com/", "ftp://hooks.example.com/", "//hooks.example.com/", "", "x"),
        "https:///path",
        "https://",
        # an IP address, in every spelling that a resolver takes
        *("https://93.184.216.34/", "https://127.0.0.1/", "https://127.1/", "https://2130706433/"),
        *("https://0x7f000001/", "https://0x7f.1/", "https://0177.0.0.1/", "https://1.1.1.0x1/"),
        *("https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[fd00:ec2::254]/"),
        "https://169.254.169.254/latest/meta-data/",
        "https://127.0.0.1./",
        # other letters for digits and dots (IDN): nobody maps them here
        *("https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/", "https://bücher.example/"),
        "https://ｌｏｃａｌｈｏｓｔ/",
        # names that not everybody resolves
        *("https://localhost/", "https://localhost./", "https://kassa/", "https://a.localhost/"),
        *("https://metadata.google.internal/", "https://printer.local/", "https://home.arpa/"),
        # what two readers read differently
        *("https://good.example@evil.example/", "https://good.example:x@127.0.0.1/"),
        *("https://good.example\\@evil.example/", "https://good.example\\evil.example/"),
        *("https://good.example#@evil.example/", "https://good.example/#x", "https://a.example/#"),
        *("https://good.example /", "https://good.example/\r\nHost: x", "https://g\tood.example/"),
        *("https://good.example:/", "https://good.example:x/", "https://good.example:99999/"),
        *("https://good..example/", "https://.good.example/", "https://good.example../"),
        *("https://-good.example/", "https://good-.example/", "https://%67ood.example/"),
        *(f"https://{'a' * 64}.example/", f"https://{'a.' * 130}example/"),
        f"https://a.example/{'a' * 1000}",
        # ports of services that no receiver is
        *("https://a.example:0/", "https://a.example:22/", "https://a.example:80/"),
        "https://a.example:1023/",
    ],
)
def test_anything_else_is_refused_and_said_why(url: str) -> None:
    for hosts in ((), MINE):
        with pytest.raises(AddressRefused, match="url: "):
            read_url(url, hosts)


def test_this_machine_is_called_where_a_trial_names_it_with_its_port() -> None:
    assert read_url("http://127.0.0.1:8400/hooks", MINE).is_trial
    assert read_url("https://localhost:8400", MINE).is_trial
    for other in ("http://127.0.0.1:8401/", "http://127.0.0.2:8400/", "http://a.example:8400/"):
        with pytest.raises(AddressRefused):
            read_url(other, {*MINE, "a.example:8400", "127.0.0.2:8400"})


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254"),
        *("169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.8"),
        *("192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255"),
        *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1"),
        "255.255.255.255",
        *("::", "::1", "::ffff:127.0.0.1", "::ffff:93.184.216.34", "::127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::5db8:d822", "64:ff9b:1::1", "2002:7f00:1::", "2001::1"),
        *("2001:db8::1", "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0"),
        *("fec0::1", "ff02::1", "100::1", "5f00::1", "::ffff:0:127.0.0.1"),
        *("0x7f000001", "127.1", "", "example.com"),
    ],
)
def test_no_address_of_a_network_of_somebodys_own_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "223.255.255.255", "2606:4700::1", "2a00:1450::1"]
)
def test_an_address_that_everybody_reaches_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_what_we_call_public_the_standard_library_does_too(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_public(str(address)):
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved


def test_loopback_is_loopback_itself_and_nothing_that_leads_there() -> None:
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    for other in ("::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254", "localhost"):
        assert not is_loopback(other)
