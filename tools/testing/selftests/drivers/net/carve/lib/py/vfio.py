# SPDX-License-Identifier: GPL-2.0
"""
A VF in the hands of user space, as a virtual machine monitor has it.

    user = VfioUser(vf)             vf is bound to vfio-pci
    user.write32(0x0000, 1 << 26)   its registers
    user.close()
"""

import fcntl
import os
import struct

# linux/vfio.h: type ';', numbers from 100.
VFIO_GROUP_SET_CONTAINER = 0x3b68
VFIO_SET_IOMMU = 0x3b66
VFIO_GROUP_GET_DEVICE_FD = 0x3b6a
VFIO_DEVICE_GET_REGION_INFO = 0x3b6c
VFIO_TYPE1_IOMMU = 1
REGION_INFO = "=IIIIQQ"


class VfioUser:
    """Holds a VF open."""

    def __init__(self, vf):
        group = os.readlink(vf.path / "iommu_group").rsplit("/", 1)[1]
        self.fds = []
        try:
            container = self._open("/dev/vfio/vfio")
            gfd = self._open(f"/dev/vfio/{group}")
            fcntl.ioctl(gfd, VFIO_GROUP_SET_CONTAINER, struct.pack("i", container))
            fcntl.ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU)
            name = bytearray(vf.bdf.encode() + b"\0")      # mutable: the result is the fd
            self.device = fcntl.ioctl(gfd, VFIO_GROUP_GET_DEVICE_FD, name)
            self.fds.append(self.device)
            self.bar = self._region(0)
        except BaseException:
            self.close()
            raise

    def _open(self, path):
        self.fds.append(os.open(path, os.O_RDWR))
        return self.fds[-1]

    def _region(self, index):
        """Where a region begins in the device's file."""
        info = bytearray(struct.pack(REGION_INFO, struct.calcsize(REGION_INFO), 0, index,
                                     0, 0, 0))
        fcntl.ioctl(self.device, VFIO_DEVICE_GET_REGION_INFO, info)
        return struct.unpack(REGION_INFO, info)[5]

    def write32(self, offset, value):
        os.pwrite(self.device, struct.pack("=I", value), self.bar + offset)

    def close(self):
        while self.fds:
            os.close(self.fds.pop())
