//! The address by the variables of OpenTelemetry's specification.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};

/// See the [specification](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#prometheus-exporter).
const HOST: &str = "OTEL_EXPORTER_PROMETHEUS_HOST";
const PORT: &str = "OTEL_EXPORTER_PROMETHEUS_PORT";

/// The port that the specification gives to exporters for Prometheus.
const DEFAULT_PORT: u16 = 9464;

/// The addresses that the variables name. Adds what is wrong with them to `mistakes`.
pub(crate) fn by_variables(
    lookup: impl Fn(&str) -> Option<OsString>,
    mistakes: &mut Vec<String>,
) -> Vec<SocketAddr> {
    // The specification: an empty variable counts as not set.
    let mut get = |name: &str| {
        let value = lookup(name).filter(|value| !value.is_empty())?.into_string();
        let value = value.map_err(|_| mistakes.push(format!("`{name}` is not UTF-8")));
        value.ok().map(|value| value.trim().to_owned())
    };
    let (host, port) = (get(HOST), get(PORT));
    let port = port.map_or(Ok(DEFAULT_PORT), |port| {
        port.parse().map_err(|_| {
            format!(
                "`{PORT}` is `{port}`, which is not a whole number from 0 to 65535; write a port \
                 such as 9464, or unset the variable"
            )
        })
    });
    let port = port.map_err(|mistake| mistakes.push(mistake)).unwrap_or_default();
    let Some(host) = host else { return vec![(Ipv4Addr::LOCALHOST, port).into()] };
    addresses(&host, port).map_err(|mistake| mistakes.push(mistake)).unwrap_or_default()
}

fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if let Ok(ip) = bare.parse::<IpAddr>() {
        return Ok(vec![(ip, port).into()]);
    }
    let wrong = |rule: &str, fix: &str| Err(format!("`{HOST}` is `{host}`, which {rule}; {fix}"));
    if host.contains("://") || host.contains('/') {
        return wrong("is not a host alone", "write the host without scheme and path");
    }
    if host.contains(':') {
        return wrong("has a port", &format!("write the host alone, and the port in `{PORT}`"));
    }
    match (host, port).to_socket_addrs() {
        Ok(found) => {
            let mut found: Vec<_> = found.collect();
            // `localhost` is 127.0.0.1 first.
            found.sort_by_key(|address| !address.is_ipv4());
            Ok(found)
        }
        Err(error) => wrong(
            &format!("cannot be resolved ({error})"),
            "write an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(host: &str, port: &str) -> Result<Vec<String>, String> {
        let mut mistakes = Vec::new();
        let value = |name: &str| Some(if name == HOST { host } else { port }.into());
        let found = by_variables(value, &mut mistakes);
        let shown = found.iter().map(ToString::to_string).collect();
        if mistakes.is_empty() { Ok(shown) } else { Err(mistakes.join("\n")) }
    }

    #[test]
    fn the_variables_name_an_address() {
        for (host, port, address) in [
            ("", "", "127.0.0.1:9464"),
            ("0.0.0.0", "80", "0.0.0.0:80"),
            ("localhost", "0", "127.0.0.1:0"),
            ("::1", " 9000 ", "[::1]:9000"),
            ("[::]", "9000", "[::]:9000"),
        ] {
            assert_eq!(read(host, port).unwrap()[0], address, "{host} {port}");
        }
    }

    #[test]
    fn a_wrong_variable_is_an_error_that_names_variable_value_rule_and_fix() {
        for port in ["abc", "-1", "65536", "9464/tcp", ":9464"] {
            assert_eq!(
                read("", port).unwrap_err(),
                format!(
                    "`OTEL_EXPORTER_PROMETHEUS_PORT` is `{port}`, which is not a whole number \
                     from 0 to 65535; write a port such as 9464, or unset the variable"
                )
            );
        }
        let begin = "`OTEL_EXPORTER_PROMETHEUS_HOST` is ";
        for (host, rest) in [
            (
                "localhost:9464",
                "`localhost:9464`, which has a port; write the host alone, and the port in \
                 `OTEL_EXPORTER_PROMETHEUS_PORT`",
            ),
            (
                "http://localhost",
                "`http://localhost`, which is not a host alone; write the host without scheme and \
                 path",
            ),
        ] {
            assert_eq!(read(host, "").unwrap_err(), format!("{begin}{rest}"));
        }
        let error = read("no-such-host.invalid", "x").unwrap_err();
        assert_eq!(error.lines().count(), 2, "{error}");
        assert!(error.contains("`no-such-host.invalid`, which cannot be resolved ("), "{error}");
    }
}
