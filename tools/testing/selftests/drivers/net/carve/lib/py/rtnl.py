# SPDX-License-Identifier: GPL-2.0
"""
A VF's settings as rtnetlink has them, without ip(8) in between: one message
with exactly the attributes that a tool would put into it, and the kernel's
errno for it.

    set_vf("eth0", 2, mac="02:..", vlan=(100, 3))   one message, two attributes
    vf_config("eth0", 2)                            what is read back, as a dict
"""

import errno
import os
import socket
import struct

from net.lib.py import KsftFailEx

from .netns import inside, ip

RTM_NEWLINK = 16
NLM_F_REQUEST, NLM_F_ACK = 1, 4
NLMSG_ERROR = 2
NLA_F_NESTED = 0x8000

IFLA_IFNAME, IFLA_VFINFO_LIST = 3, 22
IFLA_VF_INFO, IFLA_VF_VLAN_INFO = 1, 1
ETH_P_8021Q, ETH_P_8021AD = 0x8100, 0x88a8

LINK_STATES = {"auto": 0, "enable": 1, "disable": 2}

NO_MAC = "00:00:00:00:00:00"

# What a VF that nobody configured reads back as.
DEFAULT = {"mac": NO_MAC, "vlan": 0, "qos": 0, "min": 0, "max": 0,
           "spoofchk": True, "link_state": "auto", "trust": False}


def _attr(kind, data):
    length = 4 + len(data)
    return struct.pack("=HH", length, kind) + data + b"\0" * (-length % 4)


def _nest(kind, *attrs):
    return _attr(kind | NLA_F_NESTED, b"".join(attrs))


def _encode(vf, name, value):
    if name == "mac":
        mac = bytes.fromhex(value.replace(":", ""))
        return _attr(1, struct.pack("=I32s", vf, mac))
    if name == "vlan":
        return _attr(2, struct.pack("=III", vf, *value))
    if name == "tx_rate":
        return _attr(3, struct.pack("=II", vf, value))
    if name == "spoofchk":
        return _attr(4, struct.pack("=II", vf, value))
    if name == "link_state":
        return _attr(5, struct.pack("=II", vf, LINK_STATES.get(value, value)))
    if name == "rate":
        return _attr(6, struct.pack("=III", vf, *value))
    if name == "rss_query_en":
        return _attr(7, struct.pack("=II", vf, value))
    if name == "trust":
        return _attr(9, struct.pack("=II", vf, value))
    if name == "vlan_list":
        vid, qos, proto = value
        info = struct.pack("=III", vf, vid, qos) + struct.pack("!H", proto) + b"\0\0"
        return _nest(12, _attr(IFLA_VF_VLAN_INFO, info))
    raise ValueError(name)


def _request(sock, payload):
    head = struct.pack("=IHHII", 16 + len(payload), RTM_NEWLINK,
                       NLM_F_REQUEST | NLM_F_ACK, 1, 0)
    sock.send(head + payload)
    answer = sock.recv(65536)
    kind, = struct.unpack_from("=H", answer, 4)
    if kind != NLMSG_ERROR:
        raise KsftFailEx(f"rtnetlink answers with message {kind}")
    err, = struct.unpack_from("=i", answer, 16)
    if err:
        raise OSError(-err, os.strerror(-err))


def set_vf(dev, vf, ns=None, **attrs):
    """Set attributes of a VF in one message; OSError if the kernel refuses."""
    vfinfo = _nest(IFLA_VF_INFO, *(_encode(vf, k, v) for k, v in attrs.items()))
    payload = (struct.pack("=BxHiII", 0, 0, 0, 0, 0)
               + _attr(IFLA_IFNAME, dev.encode() + b"\0")
               + _nest(IFLA_VFINFO_LIST, vfinfo))
    with inside(ns):
        sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    with sock:
        _request(sock, payload)


def set_vf_errno(dev, vf, ns=None, **attrs):
    """Name of the errno that such a message gets, "" when it is accepted."""
    try:
        set_vf(dev, vf, ns, **attrs)
    except OSError as e:
        # One number, two names: rtnetlink means this one.
        return errno.errorcode[e.errno].replace("ENOTSUP", "EOPNOTSUPP")
    return ""


def _normal(info):
    vlan = (info.get("vlan_list") or [{}])[0]
    rate = info.get("rate", {})
    return {"mac": info["address"], "vlan": vlan.get("vlan", 0),
            "qos": vlan.get("qos", 0), "min": rate.get("min_tx", 0),
            "max": rate.get("max_tx", 0), "spoofchk": info.get("spoofchk"),
            "link_state": info.get("link_state"), "trust": info.get("trust")}


def vf_configs(dev, ns=None):
    """Settings of all VFs of a PF, as `ip -j -d link show` prints them."""
    info = ip(f"-d link show dev {dev}", json=True, ns=ns)[0]
    return [_normal(i) for i in info.get("vfinfo_list", [])]


def vf_config(dev, vf, ns=None):
    return vf_configs(dev, ns)[vf]
