#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The tests of the live capture on other kernels, each in a virtual machine of its own:
#	kernels.sh relaytap test... -- vmlinuz...
# As Debian's packages lay it, the modules of DIR/boot/vmlinuz-V are in DIR/lib/modules/V.
# A kernel fails if a test does, or if the sensor has to do without its eBPF filter there.
# TIMEOUT: seconds for one kernel (900, meant for machines that are emulated).
set -eu

skip()
{
	echo "SKIP: other kernels: $*"
	exit 0
}

# What programs need at run time, themselves included, into the directory $1.
copy_with_libraries()
{
	to=$1
	shift
	for f in "$@" $(ldd "$@" 2>/dev/null | grep -o '/[^ :()]*' | sort -u); do
		case $f in
		/*) [ -e "$to$f" ] || install -D -m 755 "$f" "$to$f" ;;
		esac
	done
}

# The first process in the machine. Whatever it does, the machine ends.
write_init()
{
	cat >"$1" <<'END'
#!/bin/busybox sh
/bin/busybox mkdir /applets
/bin/busybox --install -s /applets
export PATH=/sbin:/usr/sbin:/usr/bin:/bin:/applets
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs tmp /tmp
mount -t tmpfs run /run
echo 3 >/proc/sys/kernel/printk
mkdir -p /etc /root
echo 'root:x:0:0::/:/bin/sh
nobody:x:65534:65534::/:/bin/sh' >/etc/passwd
echo 'nogroup:x:65534:' >/etc/group
for m in /modules/*.ko; do insmod "$m"; done
ip link set lo up
cd /tests
for t in test_*; do
	timeout 600 ./$t >/tmp/out 2>&1
	echo "$? $t" >>/tmp/ends
	grep 'ERROR\|LINE\|FAILED\|SKIP\|error:\|verified' /tmp/out | sed "s/^/$t: /"
	echo "$t: $(grep -c '^\[       OK' /tmp/out) passed"
done
cat /tmp/ends | sed 's/^/ended: /'
timeout -s INT 8 ./relaytap watch -i lo 2>&1 >/dev/null
echo 'machine: done'
poweroff -f
END
	chmod 755 "$1"
}

# $1: kernel, $2: directory with all but the modules. Prints what the machine printed.
run_kernel()
{
	version=${1##*/vmlinuz-}
	veth=$(find "$(dirname "$1")/../lib/modules/$version" -name 'veth.ko*' | head -1)
	rm -rf "$2/modules"
	mkdir "$2/modules"
	case $veth in
	*.xz) xz -dc "$veth" >"$2/modules/veth.ko" ;;
	*.zst) zstd -qdc "$veth" >"$2/modules/veth.ko" ;;
	?*) cp "$veth" "$2/modules/" ;;
	esac
	(cd "$2" && find . | cpio --quiet -o -H newc) | gzip -1 >"$2.gz"
	timeout "${TIMEOUT:-900}" qemu-system-x86_64 $accel -cpu max -m 1500 \
		-nographic -no-reboot -nic none -kernel "$1" -initrd "$2.gz" \
		-append 'console=ttyS0 quiet panic=-1 rdinit=/init' </dev/null 2>&1 |
		sed -u 's/\r$//; s/\x1b\(c\|[[?0-9;]*[A-Za-z]\)//g'
}

command -v qemu-system-x86_64 >/dev/null || skip "no qemu-system-x86_64"
command -v busybox >/dev/null || skip "no busybox"
command -v cpio >/dev/null || skip "no cpio"
ldd "$(command -v busybox)" >/dev/null 2>&1 && skip "busybox is not linked statically"
# Emulated, a machine's clock goes by its instructions: it is slow, and does not feel so.
accel='-accel tcg -icount shift=0,sleep=off'
[ -w /dev/kvm ] && accel='-accel kvm'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root/bin" "$root/proc" "$root/sys" "$root/tmp" "$root/run" "$root/tests"
write_init "$root/init"
install "$(command -v busybox)" "$root/bin/busybox"
# Busybox's own shell would take its own ip for system("ip ...").
copy_with_libraries "$root" "$(command -v dash)"
ln -s "$(command -v dash)" "$root/bin/sh"
copy_with_libraries "$root" "$(command -v ip)"
while [ $# -gt 0 ] && [ "$1" != -- ]; do
	install "$1" "$root/tests/"
	copy_with_libraries "$root" "$1"
	shift
done
shift
[ $# -gt 0 ] || skip 'none given: make check-kernels KERNELS="DIR/boot/vmlinuz-V ..."'
failed=0
for kernel in "$@"; do
	echo "== ${kernel##*/}"
	run_kernel "$kernel" "$root" | tee "$work/out"
	if ! grep -q '^machine: done' "$work/out" || grep -q '^ended: [1-9]' "$work/out" ||
		! grep -q 'lo: capturing by packet ring' "$work/out"; then
		failed=$((failed + 1))
	fi
done
echo "other kernels: $# tried, $failed failed"
[ "$failed" = 0 ]
