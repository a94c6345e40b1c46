//! The decision, apart from looking and doing.

/// What was found on the machine.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    pub rabbitmq: bool,
    pub postgres: bool,
    pub prometheus: bool,
    pub setpriv: bool,
}

/// Debian's names of what is missing.
pub fn missing(found: Found) -> Vec<&'static str> {
    [
        (found.rabbitmq, "rabbitmq-server"),
        (found.postgres, "postgresql"),
        (found.prometheus, "prometheus"),
        (found.setpriv, "util-linux"),
    ]
    .into_iter()
    .filter_map(|(there, package)| (!there).then_some(package))
    .collect()
}

/// By what right we may install.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    Root,
    /// sudo that asks for no password.
    Sudo,
    /// apt-get is there, but not for us.
    NoRight,
    /// Not Debian, nor one of its children.
    NoApt,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Nothing,
    /// Run this shell script with these words before it.
    Install {
        packages: Vec<&'static str>,
        with: &'static [&'static str],
        script: String,
    },
    /// We may not; say this and give up.
    Explain(String),
}

pub fn decide(missing: &[&'static str], means: Means) -> Decision {
    if missing.is_empty() {
        return Decision::Nothing;
    }
    let names = missing.join(" ");
    let with: &[&str] = match means {
        Means::Root => &[],
        Means::Sudo => &["sudo", "-n"],
        Means::NoRight => {
            return Decision::Explain(format!(
                "missing: {names}\nrun: sudo apt-get install -y --no-install-recommends {names}"
            ));
        }
        Means::NoApt => {
            return Decision::Explain(format!(
                "missing: {names} (Debian's names)\n\
                 there is no apt-get here: install them as your distribution does"
            ));
        }
    };
    Decision::Install {
        packages: missing.to_vec(),
        with,
        script: script(&names),
    }
}

/// A Debian package starts its server when it is installed, unless a policy forbids. Ours are started privately, so
/// the policy is put there for the time of the installation, if the machine has none of its own. Lists of packages
/// are fetched only when the ones at hand do not do.
fn script(names: &str) -> String {
    format!(
        r#"set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f '$policy EXIT
  trap 'exit 130' INT TERM
  printf '#!/bin/sh\nexit 101\n' > $policy
  chmod 755 $policy
fi
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
install() {{ apt-get install -y --no-install-recommends {names}; }}
install || {{ apt-get update; install; }}
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const BARE: Found = Found {
        rabbitmq: false,
        postgres: false,
        prometheus: false,
        setpriv: true,
    };

    #[test]
    fn what_is_there_is_not_installed() {
        assert_eq!(
            missing(BARE),
            ["rabbitmq-server", "postgresql", "prometheus"]
        );
        let found = Found {
            rabbitmq: true,
            postgres: true,
            ..BARE
        };
        assert_eq!(missing(found), ["prometheus"]);
        for means in [Means::Root, Means::Sudo, Means::NoRight, Means::NoApt] {
            assert_eq!(decide(&[], means), Decision::Nothing);
        }
    }

    #[test]
    fn who_may_install_does_and_by_the_least_right() {
        for (means, words) in [(Means::Root, 0), (Means::Sudo, 2)] {
            let Decision::Install { with, script, .. } = decide(&["prometheus"], means) else {
                panic!("{means:?} may install");
            };
            assert_eq!(with.len(), words);
            assert!(script.contains("--no-install-recommends prometheus;"));
        }
    }

    #[test]
    fn who_may_not_is_told_the_exact_command() {
        let Decision::Explain(text) = decide(&["postgresql", "prometheus"], Means::NoRight) else {
            panic!("may not install");
        };
        assert!(
            text.contains("sudo apt-get install -y --no-install-recommends postgresql prometheus")
        );
        assert!(matches!(
            decide(&["prometheus"], Means::NoApt),
            Decision::Explain(text) if text.contains("prometheus")
        ));
    }

    #[test]
    fn the_script_is_one_that_a_shell_accepts() {
        let status = std::process::Command::new("/bin/sh")
            .args(["-n", "-c", &script("rabbitmq-server")])
            .status()
            .expect("a shell");
        assert!(status.success());
    }
}
