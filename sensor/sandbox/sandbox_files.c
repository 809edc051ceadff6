/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/sandbox/sandbox_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sensor/base/log.h"

/*
 * The kernel's interface (include/uapi/linux/landlock.h), written down here since headers
 * of older systems lack the newer half of it. The number is that of the ABI that has it.
 */
#define FS_EXECUTE     (UINT64_C(1) << 0)
#define FS_WRITE_FILE  (UINT64_C(1) << 1)
#define FS_READ_FILE   (UINT64_C(1) << 2)
#define FS_READ_DIR    (UINT64_C(1) << 3)
#define FS_REMOVE_DIR  (UINT64_C(1) << 4)
#define FS_REMOVE_FILE (UINT64_C(1) << 5)
#define FS_MAKE_DIR    (UINT64_C(1) << 7)
#define FS_MAKE_REG    (UINT64_C(1) << 8)
#define FS_MAKE_SOCK   (UINT64_C(1) << 9)
#define FS_ABI_1       ((UINT64_C(1) << 13) - 1)
#define FS_REFER       (UINT64_C(1) << 13) /* 2 */
#define FS_TRUNCATE    (UINT64_C(1) << 14) /* 3 */
#define FS_IOCTL_DEV   (UINT64_C(1) << 15) /* 5 */
#define NET_CONNECT    (UINT64_C(1) << 1)  /* 4 */

struct ruleset {
	uint64_t fs;
	uint64_t net; /* 4 */
};

struct path_beneath {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

#define CREATE_VERSION	  1u
#define RULE_PATH_BENEATH 1

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule	    445
#define SYS_landlock_restrict_self  446
#endif

/* What can be said of a file; the other rights are those of folders. */
#define OF_FILES (FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

#define READING	    (FS_READ_FILE | FS_READ_DIR)
#define WRITING	    (FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE)
#define MAKING	    (WRITING | FS_MAKE_REG | FS_MAKE_SOCK | FS_REMOVE_FILE)
#define WHOLE	    (MAKING | READING | FS_MAKE_DIR | FS_REMOVE_DIR)
#define FOLDER_MODE 0750

/*
 * What libraries open while the sensor runs: glibc its memory's and processors' figures
 * and, for a thread that is cancelled, a library; libpsl its list; OpenSSL certificates.
 */
static const char *const always[] = {
	"/lib",
	"/lib64",
	"/usr/lib",
	"/usr/lib64",
	"/usr/share/publicsuffix",
	"/proc/self",
	"/proc/sys/vm",
	"/proc/stat",
	"/proc/meminfo",
	"/sys/devices/system/cpu",
	"/dev/urandom",
	"/dev/random",
	"/dev/null",
	"/etc/ssl",
	"/etc/pki",
	"/usr/share/ca-certificates",
	"/usr/local/share/ca-certificates",
	"/etc/localtime",
};

/* getaddrinfo(3). Files of /etc are replaced as networks change, so it is the folder. */
static const char *const for_network[] = {
	"/etc",
	"/run/systemd/resolve",
	"/run/resolvconf",
	"/run/NetworkManager",
	"/run/nscd",
};

/* --- the kernel's calls --------------------------------------------------------------
 */

static int
abi(void)
{
	long n = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);

	return n > 0 ? (int)n : 0;
}

static uint64_t
rights_of(int version)
{
	uint64_t fs = FS_ABI_1;

	if (version >= 2)
		fs |= FS_REFER;
	if (version >= 3)
		fs |= FS_TRUNCATE;
	return version >= 5 ? fs | FS_IOCTL_DEV : fs;
}

static int
ruleset_make(int version, bool network)
{
	struct ruleset r = {
		.fs = rights_of(version),
		.net = network ? 0 : NET_CONNECT,
	};
	size_t size = version >= 4 ? sizeof(r) : sizeof(r.fs);

	return (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);
}

/* 0; -1 with errno set. rights beyond the kernel's, or not of files, are left out. */
static int
rule_add(const struct sandbox_files *f, const char *path, uint64_t rights)
{
	struct path_beneath rule = {
		.parent = open(path, O_PATH | O_CLOEXEC),
	};
	struct stat st;
	int error = 0;

	if (rule.parent < 0)
		return -1;
	if (fstat(rule.parent, &st) == 0 && !S_ISDIR(st.st_mode))
		rights &= OF_FILES;
	rule.allowed = rights & rights_of(abi());
	if (syscall(SYS_landlock_add_rule, f->ruleset, RULE_PATH_BENEATH, &rule, 0) != 0)
		error = errno;
	close(rule.parent);
	errno = error;
	return error ? -1 : 0;
}

/* --- paths ---------------------------------------------------------------------------
 */

/* The folder that path stands in; "" for what stands in the root folder. */
static void
folder_of(const char *path, char out[PATH_MAX])
{
	const char *slash = strrchr(path, '/');

	if (slash)
		snprintf(out, PATH_MAX, "%.*s", (int)(slash - path), path);
	else
		snprintf(out, PATH_MAX, ".");
}

/* Without the folder a rule would open all of the system: rather less than was asked. */
static int
rule_add_folder(const struct sandbox_files *f, const char *path, uint64_t rights)
{
	char folder[PATH_MAX];

	folder_of(path, folder);
	if (folder[0])
		return rule_add(f, folder, rights);
	log_info("%s: stands in the root folder: opened as it is, never made anew", path);
	return 0;
}

/* A link's folder may be another than that of what it leads to. */
static int
rule_add_file(const struct sandbox_files *f, const char *path, uint64_t rights)
{
	char *real = realpath(path, NULL);
	int status = rule_add_folder(f, path, rights);

	if (status == 0 && real && strcmp(real, path) != 0)
		status = rule_add_folder(f, real, rights);
	free(real);
	return status;
}

static int
folder_make(const char *path, const struct sandbox_user *u)
{
	if (mkdir(path, FOLDER_MODE) == 0 &&
		(!u->root || chown(path, u->uid, u->gid) == 0)) {
		log_info("%s: made", path);
		return 0;
	}
	log_warn("%s: cannot be made", path);
	return -1;
}

static bool
ends_in_slash(const char *path)
{
	size_t n = strlen(path);

	return n && path[n - 1] == '/';
}

static int
writable_open(
	const struct sandbox_files *f, const char *path, const struct sandbox_user *u)
{
	struct stat st;
	bool missing = stat(path, &st) != 0;
	int status;

	if (missing && ends_in_slash(path)) {
		if (folder_make(path, u) != 0)
			return -1;
		missing = false;
		st.st_mode = S_IFDIR;
	}
	if (f->ruleset < 0)
		return 0;
	if (!missing && S_ISDIR(st.st_mode))
		status = rule_add(f, path, WHOLE);
	else if (missing || S_ISREG(st.st_mode) || S_ISSOCK(st.st_mode))
		status = rule_add_file(f, path, MAKING);
	else
		status = rule_add(f, path, WRITING);
	/* Also what stands in the root folder. */
	if (status == 0 && !missing && S_ISREG(st.st_mode))
		status = rule_add(f, path, WRITING);
	if (status != 0)
		log_warn("%s: will not be written", path);
	return 0;
}

static void
readable_open(const struct sandbox_files *f, const char *path)
{
	struct stat st;
	int status = stat(path, &st);

	if (status == 0)
		status = rule_add(f, path, READING);
	if (status == 0 && !S_ISDIR(st.st_mode))
		status = rule_add_file(f, path, READING);
	if (status != 0)
		log_warn("%s: will not be read", path);
}

static void
system_open(const struct sandbox_files *f, const char *const *paths, size_t count)
{
	/* Not every system has all of them. */
	for (size_t i = 0; i < count; i++)
		if (rule_add(f, paths[i], READING) != 0 && errno != ENOENT)
			log_debug("%s: %s", paths[i], strerror(errno));
}

int
sandbox_files_open(struct sandbox_files *f, const struct sandbox_options *o,
	const struct sandbox_user *u)
{
	int version = abi();

	f->ruleset = version > 0 ? ruleset_make(version, o->network) : -1;
	if (version > 0 && f->ruleset < 0) {
		log_warn("Landlock");
		return -1;
	}
	if (version == 0)
		log_info(
			"this kernel has no Landlock: which files can be opened is up to "
			"their permissions alone");
	for (size_t i = 0; i < o->writable_count; i++)
		if (writable_open(f, o->writable[i], u) != 0) {
			close(f->ruleset);
			return -1;
		}
	if (f->ruleset < 0)
		return 0;
	for (size_t i = 0; i < o->readable_count; i++)
		readable_open(f, o->readable[i]);
	system_open(f, always, sizeof(always) / sizeof(*always));
	if (o->network)
		system_open(f, for_network, sizeof(for_network) / sizeof(*for_network));
	return 0;
}

static void
tell_unwritable(const char *path)
{
	char folder[PATH_MAX];

	if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0)
		return;
	if (errno != ENOENT) {
		log_warn("%s: user %u cannot write it; give it that permission", path,
			(unsigned)geteuid());
		return;
	}
	folder_of(path, folder);
	if (faccessat(AT_FDCWD, folder[0] ? folder : "/", W_OK | X_OK, AT_EACCESS) != 0)
		log_warn("%s: user %u cannot make it; make it, or give the user its "
			 "folder",
			path, (unsigned)geteuid());
}

int
sandbox_files_restrict(struct sandbox_files *f, const struct sandbox_options *o)
{
	int status = 0;

	for (size_t i = 0; i < o->writable_count; i++)
		tell_unwritable(o->writable[i]);
	if (f->ruleset < 0)
		return 0;
	if (syscall(SYS_landlock_restrict_self, f->ruleset, 0) != 0) {
		log_warn("Landlock");
		status = -1;
	}
	close(f->ruleset);
	f->ruleset = -1;
	return status;
}
