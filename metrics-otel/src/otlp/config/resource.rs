//! The resource: attributes of the service, its host and its process.

use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;
use std::time::SystemTime;

use opentelemetry::{Key, KeyValue, Value};

use super::mistakes::Mistakes;
use super::vars::{Vars, pairs};
use crate::lock::lock;

/// The attributes of the resource, in the order in which they were first set.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Resource(Vec<(Key, Value)>);

impl Resource {
    pub(crate) fn attributes(&self) -> &[(Key, Value)] {
        &self.0
    }

    fn set(&mut self, KeyValue { key, value, .. }: KeyValue) {
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = value,
            None => self.0.push((key, value)),
        }
    }
}

/// The attributes given in code, else those of the variables, else the detected ones.
///
/// Names and values follow OpenTelemetry's semantic conventions for `service`, `host`, `os`,
/// `process` and `telemetry`.
pub(crate) fn resource(in_code: &[KeyValue], vars: &Vars<'_>, mistakes: &mut Mistakes) -> Resource {
    let mut resource = Resource::default();
    detected().into_iter().for_each(|attribute| resource.set(attribute));
    if let Some(set) = vars.get("OTEL_RESOURCE_ATTRIBUTES", mistakes) {
        let pairs = pairs(&set, mistakes);
        pairs.into_iter().for_each(|(key, value)| resource.set(KeyValue::new(key, value)));
    }
    if let Some(name) = vars.get("OTEL_SERVICE_NAME", mistakes) {
        resource.set(KeyValue::new("service.name", name.value));
    }
    in_code.iter().cloned().for_each(|attribute| resource.set(attribute));
    resource
}

fn detected() -> Vec<KeyValue> {
    let executable = std::env::current_exe().ok();
    let executable = executable.as_ref().and_then(|path| path.file_name()?.to_str());
    let service = executable
        .map_or("unknown_service".to_owned(), |executable| format!("unknown_service:{executable}"));
    let mut all = vec![
        KeyValue::new("service.name", service),
        KeyValue::new("service.instance.id", instance()),
        KeyValue::new("host.arch", arch()),
        KeyValue::new("os.type", os()),
        KeyValue::new("telemetry.sdk.language", "rust"),
        // The conventions reserve `opentelemetry` for OpenTelemetry's own SDK.
        KeyValue::new("telemetry.sdk.name", "typed-metrics"),
        KeyValue::new("telemetry.sdk.version", env!("CARGO_PKG_VERSION")),
        KeyValue::new("process.pid", i64::from(std::process::id())),
    ];
    let named = [
        ("process.executable.name", executable.map(str::to_owned)),
        ("host.name", host_name()),
        ("host.id", host_id()),
    ];
    all.extend(named.into_iter().filter_map(|(key, value)| Some(KeyValue::new(key, value?))));
    all
}

/// A UUID of version 4 (RFC 9562), different in each process, also in forked ones.
fn instance() -> String {
    static INSTANCE: Mutex<Option<(u32, String)>> = Mutex::new(None);

    let process = std::process::id();
    let mut instance = lock(&INSTANCE);
    match &*instance {
        Some((of, id)) if *of == process => id.clone(),
        _ => instance.insert((process, uuid(random()))).1.clone(),
    }
}

/// Random bits of the operating system: a forked process inherits the random numbers of its parent.
#[cfg(unix)]
fn random() -> u128 {
    use std::fs::File;
    use std::io::Read;

    let mut bytes = [0; 16];
    match File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes)) {
        Ok(()) => u128::from_ne_bytes(bytes),
        Err(_) => hashed(),
    }
}

#[cfg(not(unix))]
fn random() -> u128 {
    hashed()
}

/// Random bits by the standard library's seeds for hash maps.
fn hashed() -> u128 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let random = |n: u8| u128::from(RandomState::new().hash_one((n, std::process::id(), now)));
    (random(0) << 64) | random(1)
}

fn uuid(random: u128) -> String {
    let bits = random & !(0xf << 76) & !(0b11 << 62) | (4 << 76) | (0b10 << 62);
    let digits = format!("{bits:032x}");
    let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    parts.join("-")
}

/// The architecture, by its name in the conventions.
fn arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "arm" => "arm32",
        "powerpc64" => "ppc64",
        other => other,
    }
}

/// The operating system, by its name in the conventions.
fn os() -> &'static str {
    match std::env::consts::OS {
        "macos" | "ios" => "darwin",
        "dragonfly" => "dragonflybsd",
        other => other,
    }
}

#[cfg(target_os = "linux")]
fn host_name() -> Option<String> {
    read("/proc/sys/kernel/hostname")
}

#[cfg(not(target_os = "linux"))]
fn host_name() -> Option<String> {
    gethostname::gethostname().into_string().ok()
}

/// The machine's id: the conventions' source of `host.id` outside of a cloud.
fn host_id() -> Option<String> {
    read("/etc/machine-id").or_else(|| read("/var/lib/dbus/machine-id"))
}

fn read(path: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_are_uuids_of_version_4() {
        assert_eq!(uuid(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(instance(), instance());
        assert_ne!(random(), random());
        assert_ne!(hashed(), hashed());
    }

    #[test]
    fn code_wins_over_variables_and_variables_over_detected_attributes() {
        let vars = |name: &str| match name {
            "OTEL_RESOURCE_ATTRIBUTES" => Some("service.name=a,host.name=h%2C1,team=red".into()),
            "OTEL_SERVICE_NAME" => Some("b".into()),
            _ => None,
        };
        let mut mistakes = Mistakes::default();
        let in_code = [KeyValue::new("team", "blue")];
        let resource = resource(&in_code, &Vars(&vars), &mut mistakes);
        let get = |key: &str| {
            let found = resource.attributes().iter().filter(|(known, _)| known.as_str() == key);
            found.map(|(_, value)| value.to_string()).collect::<Vec<_>>().join(" and ")
        };
        assert_eq!(get("service.name"), "b");
        assert_eq!(get("host.name"), "h,1");
        assert_eq!(get("team"), "blue");
        assert_eq!(get("process.pid"), std::process::id().to_string());
        assert_eq!(get("telemetry.sdk.name"), "typed-metrics");
        assert!(mistakes.into_result(Some(())).is_ok());
    }

    #[test]
    fn a_malformed_pair_is_a_mistake() {
        let vars = |name: &str| {
            (name == "OTEL_RESOURCE_ATTRIBUTES").then(|| "team=red,oops,=x,y=%ff,".into())
        };
        let mut mistakes = Mistakes::default();
        let _ = resource(&[], &Vars(&vars), &mut mistakes);
        let message = mistakes.into_result(Some(())).unwrap_err().to_string();
        let expected = [
            "`OTEL_RESOURCE_ATTRIBUTES`: entry 2 has no `=`; write `name=value,name=value`, and a \
             comma inside a value as `%2C`",
            "`OTEL_RESOURCE_ATTRIBUTES`: entry 3 has no name before its `=`; write `name=value`",
            "`OTEL_RESOURCE_ATTRIBUTES`: the value of `y` is not percent-encoded UTF-8; write a \
             `%` as `%25`",
        ];
        assert_eq!(message, expected.join("\n"));
    }
}
