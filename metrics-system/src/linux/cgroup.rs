//! The memory limit of the cgroup that this process is in.
//!
//! Files and their meaning: `Documentation/admin-guide/cgroup-v2.rst` of Linux, "Memory Interface
//! Files", and `cgroup-v1/memory.rst`.

use std::fs;
use std::path::{Path, PathBuf};

use procfs::ProcessCGroup;
use procfs::process::{MountInfo, Process};

use super::amounts::{Amounts, Swap};

/// The folders with limits: the cgroup's own folder, then those of the cgroups around it, as far as
/// they are mounted.
#[derive(Debug, PartialEq)]
pub(crate) struct Cgroup {
    folders: Vec<PathBuf>,
    files: &'static Files,
}

/// The names of a version of cgroups. Statistics include the cgroups inside.
#[derive(Debug, PartialEq)]
struct Files {
    limit: &'static str,
    usage: &'static str,
    /// Names of statistics whose sum is the memory in this state.
    active: [&'static str; 2],
    inactive: [&'static str; 2],
    inactive_file: &'static str,
    cached: &'static [&'static str],
    shared: &'static str,
    slab: Option<&'static str>,
    /// Limit and usage. Version 1 limits only the sum of memory and swap.
    swap: Option<(&'static str, &'static str)>,
}

static V2: Files = Files {
    limit: "memory.max",
    usage: "memory.current",
    active: ["active_anon", "active_file"],
    inactive: ["inactive_anon", "inactive_file"],
    inactive_file: "inactive_file",
    cached: &["file", "slab_reclaimable"],
    shared: "shmem",
    slab: Some("slab"),
    swap: Some(("memory.swap.max", "memory.swap.current")),
};

static V1: Files = Files {
    limit: "memory.limit_in_bytes",
    usage: "memory.usage_in_bytes",
    active: ["total_active_anon", "total_active_file"],
    inactive: ["total_inactive_anon", "total_inactive_file"],
    inactive_file: "total_inactive_file",
    cached: &["total_cache"],
    shared: "total_shmem",
    slab: None,
    swap: None,
};

impl Cgroup {
    /// `None` if the cgroup does not limit memory. The host's memory is reported then.
    pub(crate) fn of_this_process() -> Option<Self> {
        let process = Process::myself().ok()?;
        let (cgroups, mounts) = (process.cgroups().ok()?.0, process.mountinfo().ok()?.0);
        let v1 = cgroups.iter().find(|cgroup| cgroup.controllers.iter().any(|c| c == "memory"));
        let v2 = cgroups.iter().find(|cgroup| cgroup.hierarchy == 0);
        let is_v1 = |mount: &MountInfo| {
            mount.fs_type == "cgroup" && mount.super_options.contains_key("memory")
        };
        match (v1, v2) {
            (Some(cgroup), _) => Self::find(cgroup, mounts.iter().find(|m| is_v1(m))?, &V1),
            (None, Some(cgroup)) => {
                Self::find(cgroup, mounts.iter().find(|m| m.fs_type == "cgroup2")?, &V2)
            }
            (None, None) => None,
        }
    }

    fn find(cgroup: &ProcessCGroup, mount: &MountInfo, files: &'static Files) -> Option<Self> {
        // A mount may show only a part of the hierarchy, as in a container.
        let inside = Path::new(&cgroup.pathname).strip_prefix(&mount.root).unwrap_or(Path::new(""));
        let folder = mount.mount_point.join(inside);
        let folders = folder.ancestors().take(inside.components().count() + 1);
        let folders: Vec<_> =
            folders.filter(|at| at.join(files.limit).exists()).map(Path::to_owned).collect();
        (!folders.is_empty()).then_some(Self { folders, files })
    }

    /// The lowest of the limits below `host`, and its folder.
    fn lowest(&self, file: &str, host: u64) -> Option<(u64, &Path)> {
        let limits = self.folders.iter().filter_map(|at| Some((number(at, file)?, at.as_path())));
        limits.filter(|(limit, _)| *limit < host).min_by_key(|(limit, _)| *limit)
    }

    /// The memory below the lowest limit, if there is one. Available is the limit less the working
    /// set. By kubelet's rule, the working set is the usage less the inactive part of the page
    /// cache.
    pub(crate) fn memory(&self, host: &Amounts) -> Option<Amounts> {
        let files = self.files;
        let (total, folder) = self.lowest(files.limit, host.total)?;
        let used = number(folder, files.usage)?;
        let statistics = Statistics::read(folder)?;
        let get = |key: &str| statistics.get(key);
        let sum = |keys: &[&str]| keys.iter().map(|key| get(key)).sum::<Option<u64>>();
        // A cgroup further up may have less memory left, although its limit is higher.
        let left = self.folders.iter().filter_map(|at| self.left(at)).min()?;
        Some(Amounts {
            total,
            available: left.min(host.available),
            free: total.saturating_sub(used).min(host.free),
            active: sum(&files.active),
            inactive: sum(&files.inactive),
            // Part of the page cache in cgroups.
            buffers: None,
            cached: sum(files.cached),
            shared: get(files.shared),
            slab: files.slab.and_then(get),
        })
    }

    /// The limit of a cgroup less its working set.
    fn left(&self, folder: &Path) -> Option<u64> {
        let files = self.files;
        let (limit, used) = (number(folder, files.limit)?, number(folder, files.usage)?);
        let inactive = Statistics::read(folder)?.get(files.inactive_file)?;
        Some(limit.saturating_sub(used.saturating_sub(inactive)))
    }

    /// The swap space below the lowest limit, if there is one.
    pub(crate) fn swap(&self, host: Swap) -> Option<Swap> {
        let (limit, usage) = self.files.swap?;
        let (total, folder) = self.lowest(limit, host.total)?;
        Some(Swap { total, used: number(folder, usage)? })
    }
}

/// The text of `memory.stat`: lines with a name and a number of bytes.
struct Statistics(String);

impl Statistics {
    fn read(folder: &Path) -> Option<Self> {
        fs::read_to_string(folder.join("memory.stat")).ok().map(Self)
    }

    fn get(&self, key: &str) -> Option<u64> {
        let mut lines = self.0.lines().filter_map(|line| line.split_once(' '));
        lines.find(|(name, _)| *name == key)?.1.trim().parse().ok()
    }
}

/// The number in a file; `None` also for `max`, which means no limit.
fn number(folder: &Path, file: &str) -> Option<u64> {
    fs::read_to_string(folder.join(file)).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::process;

    use procfs::FromBufRead;
    use procfs::ProcessCGroups;
    use procfs::process::MountInfos;

    use super::*;

    const MB: u64 = 1 << 20;

    const HOST: Amounts = Amounts {
        total: 8000 * MB,
        available: 6000 * MB,
        free: 5000 * MB,
        active: None,
        inactive: None,
        buffers: Some(7),
        cached: None,
        shared: None,
        slab: None,
    };

    /// A folder with files, which is removed on drop.
    struct Tree(PathBuf);

    impl Tree {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let root = env::temp_dir().join(format!("typed-metrics-{name}-{}", process::id()));
            for (file, text) in files {
                let file = root.join(file);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, text).unwrap();
            }
            Self(root)
        }

        /// The cgroup of a process with this `/proc/self/cgroup` and this mount.
        fn cgroup(
            &self,
            cgroup: &str,
            root: &str,
            fs: &str,
            files: &'static Files,
        ) -> Option<Cgroup> {
            let cgroups = ProcessCGroups::from_buf_read(cgroup.as_bytes()).unwrap();
            let at = self.0.display();
            let mount = format!("31 23 0:28 {root} {at} rw,relatime - {fs} cgroup rw,memory\n");
            let mounts = MountInfos::from_buf_read(mount.as_bytes()).unwrap();
            Cgroup::find(&cgroups.0[0], &mounts.0[0], files)
        }
    }

    impl Drop for Tree {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    const STAT_V2: &str = "anon 50\nfile 40\nslab_reclaimable 5\nslab 9\nshmem 3\n\
        inactive_anon 10\nactive_anon 20\ninactive_file 1048576\nactive_file 4\n";

    #[test]
    fn version_2_uses_the_lowest_limit_on_the_way_up() {
        let tree = Tree::new(
            "v2",
            &[
                ("pod/app/memory.max", "max\n"),
                ("pod/app/memory.current", "1\n"),
                ("pod/memory.max", "104857600\n"),
                ("pod/memory.current", "41943040\n"),
                ("pod/memory.stat", STAT_V2),
                ("pod/memory.swap.max", "2097152\n"),
                ("pod/memory.swap.current", "1048576\n"),
            ],
        );
        let cgroup = tree.cgroup("0::/pod/app\n", "/", "cgroup2", &V2).unwrap();
        let memory = cgroup.memory(&HOST).unwrap();
        let expected = Amounts {
            total: 100 * MB,
            // 40 MB are used, 1 MB of them as inactive page cache.
            available: 61 * MB,
            free: 60 * MB,
            active: Some(24),
            inactive: Some(MB + 10),
            buffers: None,
            cached: Some(45),
            shared: Some(3),
            slab: Some(9),
        };
        assert_eq!(memory, expected);
        let host = Swap { total: 100 * MB, used: 50 * MB };
        assert_eq!(cgroup.swap(host), Some(Swap { total: 2 * MB, used: MB }));
        // A limit does not make more memory available than the host has.
        let poor = Amounts { available: 5 * MB, free: 4 * MB, ..HOST };
        let memory = cgroup.memory(&poor).unwrap();
        assert_eq!((memory.available, memory.free), (5 * MB, 4 * MB));
    }

    #[test]
    fn version_1_uses_the_limit_in_a_container_that_sees_only_itself() {
        let stat = "inactive_file 1\ntotal_inactive_file 1048576\ntotal_active_file 2\n\
            total_inactive_anon 3\ntotal_active_anon 4\ntotal_cache 5\ntotal_shmem 6\n";
        let tree = Tree::new(
            "v1",
            &[
                ("memory.limit_in_bytes", "10485760\n"),
                ("memory.usage_in_bytes", "4194304\n"),
                ("memory.stat", stat),
            ],
        );
        let cgroup = tree.cgroup("4:memory:/docker/ab\n", "/docker/ab", "cgroup", &V1).unwrap();
        let memory = cgroup.memory(&HOST).unwrap();
        assert_eq!((memory.total, memory.available, memory.free), (10 * MB, 7 * MB, 6 * MB));
        assert_eq!((memory.active, memory.inactive), (Some(6), Some(MB + 3)));
        assert_eq!((memory.cached, memory.shared, memory.slab), (Some(5), Some(6), None));
        assert_eq!(cgroup.swap(Swap { total: 1, used: 1 }), None);
    }

    #[test]
    fn without_a_limit_below_the_hosts_memory_the_hosts_memory_is_reported() {
        let tree = Tree::new(
            "unlimited",
            &[
                ("v1/memory.limit_in_bytes", "9223372036854771712\n"),
                ("v1/memory.usage_in_bytes", "1\n"),
                ("v1/memory.stat", "total_inactive_file 0\n"),
                ("v2/memory.max", "max\n"),
                ("v2/memory.swap.max", "max\n"),
                ("other/file", ""),
            ],
        );
        let v1 = tree.cgroup("4:memory:/v1\n", "/", "cgroup", &V1).unwrap();
        assert_eq!(v1.memory(&HOST), None);
        let v2 = tree.cgroup("0::/v2\n", "/", "cgroup2", &V2).unwrap();
        assert_eq!(v2.memory(&HOST), None);
        assert_eq!(v2.swap(Swap { total: MB, used: 0 }), None);
        // The root of version 2 has no limits, and neither has a hierarchy without this controller.
        assert_eq!(tree.cgroup("0::/other\n", "/", "cgroup2", &V2), None);
    }
}
