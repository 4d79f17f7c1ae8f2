//! The sources of the platform that the program is compiled for.

#[cfg(target_os = "linux")]
pub(crate) use crate::linux::sources::sources;
#[cfg(any(target_os = "macos", windows))]
pub(crate) use crate::sysinfo::sources;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
pub(crate) use crate::unsupported::sources;
