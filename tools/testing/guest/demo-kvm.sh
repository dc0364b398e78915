#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The guest's half of make demo-kvm: a VF in a KVM guest, from the first look at
# the machine to the day the guest dies. Here this machine is the host.

. "$(dirname "$0")/demo-lib.sh"

agent=/run/guest.agent
v=/sys/bus/pci/devices/0000:01:10.0
mac=02:ca:7e:00:00:00
# A command in the guest; its agent is at the other end of a serial port.
guest() { python3 /carve/src/tools/testing/inner.py "$agent" ${1+"$*"}; }
guest_carrier() { [ "$(guest "cat /sys/class/net/eth0/carrier")" = "$1" ]; }
guest_ping="guest 'ping -c 3 -W 3"
# What slows is worth a line, what stops is not expected.
carve-doctor() { /carve/src/tools/carve-doctor "$@" || [ $? = 1 ]; }

printf 'Linux %s as the host: an Intel 82576 port, an IOMMU, KVM; a foreign NIC on the wire\n' "$(uname -r)"

say 'Load the drivers; the port is up, as libvirt wants it'
run 'modprobe -a carve_pf carve_vf kvm_amd vfio-pci'
expect 'the port has an interface' test -d $pci/net
pf=$(netdev $pci)
nic=$(netdev /sys/bus/pci/devices/0000:02:00.0)
run "ip link set $pf up"
expect 'the port has a carrier' carrier "$pf"

say 'VFs for guests: no driver of the host shall touch them'
run "echo 0 > $pci/sriov_drivers_autoprobe"
run "echo 2 > $pci/sriov_numvfs"
run 'lspci -k -s 01:10'

say 'Settings first, drivers later: they hold whoever drives the VF'
run "ip link set $pf vf 0 mac $mac"
run "ip link set $pf vf 1 mac 02:ca:7e:00:00:01"
run "ip link show $pf"

say 'VF 0 is for a guest, VF 1 for a container'
run "echo vfio-pci > $v/driver_override"
run 'echo 0000:01:10.0 > /sys/bus/pci/drivers_probe'
run "echo carve_vf > $pci/virtfn1/driver_override"
run 'echo 0000:01:10.2 > /sys/bus/pci/drivers_probe'
expect 'VF 1 has an interface' test -d $pci/virtfn1/net
vf1=$(netdev $pci/virtfn1)
run "ip netns add vf1; ip link set $vf1 netns vf1; ip -n vf1 link set $vf1 up"
run "ip -n vf1 addr add 192.0.2.3/24 dev $vf1"
run "ip netns add out; ip link set $nic netns out; ip -n out link set $nic up"
run "ip -n out addr add 192.0.2.20/24 dev $nic"
expect 'VF 1 has a carrier' carrier "$vf1" vf1
expect 'the foreign NIC has a carrier' carrier "$nic" out

say 'Does anything stop or slow it?'
run "carve-doctor $pf"

say "Start the guest; 'guest' below does a command in it, through its serial port"
run 'python3 /carve/src/tools/testing/inner.py initramfs /tmp/initrd'
qemu="qemu-system-x86_64 -nodefaults -display none -machine q35 -accel kvm -cpu host -m 256 \
-kernel /boot/vmlinuz-$(uname -r) -initrd /tmp/initrd -append 'console=ttyS0 quiet panic=-1' \
-serial file:/carve/aux/guest.log -serial unix:$agent,server=on,wait=off \
-device vfio-pci,host=0000:01:10.0"
run "$qemu &"
qemu_pid=$!
expect 'QEMU runs' test -S $agent
run 'guest'
run "guest 'ip link show eth0'"
expect 'the guest has the MAC that was declared' guest "grep -qx $mac /sys/class/net/eth0/address"
run "guest 'ip link set eth0 up; ip addr add 192.0.2.1/24 dev eth0'"
expect 'the guest has a carrier' guest_carrier 1

say 'Guest to the foreign NIC on the wire, to the VF in the container, and back'
run "$guest_ping 192.0.2.20'"
run "$guest_ping 192.0.2.3'"
run "ip netns exec out $ping 192.0.2.1"

say 'The host keeps control of a running guest: link, address, VLAN'
run "ip link set $pf vf 0 state disable"
expect 'the guest loses its carrier' guest_carrier 0
run "guest 'cat /sys/class/net/eth0/carrier'"
run "ip link set $pf vf 0 state auto"
expect 'and gets it back' guest_carrier 1
run "ip link set $pf vf 0 mac 02:ca:7e:00:00:aa"
expect 'the guest has the new address' guest 'grep -qx 02:ca:7e:00:00:aa /sys/class/net/eth0/address'
run "$guest_ping 192.0.2.20'"
run "ip link set $pf vf 0 vlan 100"
fails "$guest_ping -c 1 192.0.2.20'"
run "ip link set $pf vf 0 vlan 0"
expect 'the guest is out of the VLAN again' guest 'ping -c 1 -W 1 192.0.2.20'

say 'The port is reset under it: the guest recovers by itself'
run "ethtool --reset $pf dedicated"
expect 'the guest reaches the wire again' guest 'ping -c 1 -W 1 192.0.2.20'
run "guest 'dmesg | grep carve_vf | tail -n 2'"

say 'VFs in use are not taken away'
fails "echo 0 > $pci/sriov_numvfs"
run 'dmesg | grep "in use"'
run 'carve-doctor 01:10.0'

say 'The guest dies; the VF is clean and works for its next owner'
run "kill -9 $qemu_pid; wait $qemu_pid || true"
run "echo carve_vf > $v/driver_override; echo 0000:01:10.0 > $v/driver/unbind"
run 'echo 0000:01:10.0 > /sys/bus/pci/drivers_probe'
expect 'VF 0 has an interface' test -d $v/net
vf0=$(netdev $v)
run "ip link set $vf0 up; ip addr add 192.0.2.1/24 dev $vf0"
expect 'VF 0 has a carrier' carrier "$vf0"
run "ip -br link show $vf0"
run "$ping 192.0.2.20"
run "echo 0 > $pci/sriov_numvfs"

finish
