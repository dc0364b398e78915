#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The guest's half of make demo: the job as an operator does it, each command
# shown with its output. A step that fails is counted, not hidden.

. "$(dirname "$0")/demo-lib.sh"

vf_netdevs() { for i in 0 1 2; do [ -n "$(netdev $pci/virtfn$i)" ] || return 1; done; }

printf 'Linux %s on QEMU: an Intel 82576 port, and a foreign NIC (e1000e) on the same wire\n' "$(uname -r)"

say 'Load the drivers'
run 'modprobe carve_pf'
run 'modprobe carve_vf'
run "lsmod | grep '^carve'"
run 'lspci -k -s 01:00.0'
expect 'the port has an interface' test -d $pci/net
pf=$(netdev $pci)
nic=$(netdev /sys/bus/pci/devices/0000:02:00.0)
run "ethtool -i $pf | head -n 2"
run "ip link set $pf up"
expect 'the port has a carrier' carrier "$pf"
run "ip addr add 192.0.2.10/24 dev $pf"

say 'Carve three VFs'
run "cat $pci/sriov_totalvfs"
run "echo 3 > $pci/sriov_numvfs"
run 'lspci -s 01:10'
expect 'each VF has an interface' vf_netdevs
vf0=$(netdev $pci/virtfn0) vf1=$(netdev $pci/virtfn1) vf2=$(netdev $pci/virtfn2)

say 'What the operator decides for each'
run "ip link set $pf vf 0 mac 02:ca:7e:00:00:00 trust on"
run "ip link set $pf vf 1 mac 02:ca:7e:00:00:01 vlan 100 qos 3"
run "ip link set $pf vf 2 max_tx_rate 200 spoofchk on state enable"
run "ip link show $pf"

say 'The VFs in containers, the foreign NIC in a namespace of its own'
i=0
for dev in "$vf0" "$vf1" "$vf2"; do
	run "ip netns add vf$i; ip link set $dev netns vf$i; ip -n vf$i link set $dev up"
	i=$((i + 1))
done
run "ip netns add out; ip link set $nic netns out; ip -n out link set $nic up"
expect 'VF 0 has a carrier' carrier "$vf0" vf0
expect 'VF 1 has a carrier' carrier "$vf1" vf1
expect 'VF 2 has a carrier' carrier "$vf2" vf2
expect 'the foreign NIC has a carrier' carrier "$nic" out
run "ip -n vf0 addr add 192.0.2.1/24 dev $vf0"
run "ip -n vf1 addr add 198.51.100.2/24 dev $vf1"
run "ip -n vf2 addr add 192.0.2.3/24 dev $vf2"
run "ip -n out addr add 192.0.2.20/24 dev $nic"
run "ip -n out link add link $nic name $nic.100 type vlan id 100"
run "ip -n out link set $nic.100 up; ip -n out addr add 198.51.100.20/24 dev $nic.100"
run "ip -n vf0 -br addr show dev $vf0"

say 'VF to VF'
run "ip netns exec vf0 $ping 192.0.2.3"
say 'VF to PF'
run "ip netns exec vf0 $ping 192.0.2.10"
say 'VF to the foreign NIC on the wire'
run "ip netns exec vf0 $ping 192.0.2.20"
say 'VF 1 to the foreign NIC over the port VLAN: it sends untagged, the wire carries VLAN 100'
run "ip netns exec vf1 $ping 198.51.100.20"
say 'VF 1 reaches nobody outside its VLAN'
run "ip -n vf1 addr add 192.0.2.2/24 dev $vf1"
fails "ip netns exec vf1 ping -n -c 2 -i 0.2 -W 1 192.0.2.3"

say 'Counters of each VF, on the host'
run "ip -s link show $pf"

say 'Remove the VFs'
run "echo 0 > $pci/sriov_numvfs"
run "ip link show $pf"
run "ping -n -c 3 -i 0.2 -W 3 192.0.2.20"
run 'dmesg | grep carve_'

finish
