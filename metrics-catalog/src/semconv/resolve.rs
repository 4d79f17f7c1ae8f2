//! Groups with everything that they refer to.

use std::collections::{BTreeMap, BTreeSet};

use super::registry::{Attribute, Group, Registry};

/// The metrics of files, with the attributes that they inherit, and with the definitions of the
/// attributes. Names that nothing defines are added to `missing`.
pub(super) fn resolve(files: Vec<Registry>, missing: &mut BTreeSet<String>) -> Vec<Group> {
    let groups: Vec<Group> = files.into_iter().flat_map(|file| file.groups).collect();
    let by_id: BTreeMap<&str, &Group> = groups.iter().map(|group| (&*group.id, group)).collect();
    let defined = groups.iter().flat_map(|group| &group.attributes);
    let defined = defined.filter_map(|attribute| Some((attribute.id.as_deref()?, attribute)));
    let defined: BTreeMap<&str, &Attribute> = defined.collect();
    let metrics = groups.iter().filter(|group| group.signal == "metric");
    let resolved = metrics.map(|metric| {
        let mut attributes: Vec<Attribute> = Vec::new();
        for attribute in inherited(metric, &by_id, missing) {
            let name = attribute.reference.as_deref().or(attribute.id.as_deref());
            let Some(name) = name else { continue };
            let definition = defined.get(name).copied();
            if definition.is_none() {
                missing.insert(format!("the attribute `{name}`"));
            }
            let whole = merged(name, attribute, definition);
            match attributes.iter_mut().find(|known| known.id == whole.id) {
                // The group itself overrides what it inherits.
                Some(known) => {
                    let level = whole.requirement_level.clone();
                    let level = level.or_else(|| known.requirement_level.take());
                    *known = Attribute { requirement_level: level, ..whole };
                }
                None => attributes.push(whole),
            }
        }
        Group { attributes, ..metric.clone() }
    });
    resolved.collect()
}

/// The attributes of the groups that a group extends, and then its own.
fn inherited<'g>(
    group: &'g Group,
    by_id: &BTreeMap<&str, &'g Group>,
    missing: &mut BTreeSet<String>,
) -> Vec<&'g Attribute> {
    let mut chain = vec![group];
    let mut next = group.extends.as_deref();
    while let Some(id) = next {
        let Some(parent) = by_id.get(id) else {
            missing.insert(format!("the group `{id}`"));
            break;
        };
        // A circle ends here.
        if chain.iter().any(|known| known.id == parent.id) {
            break;
        }
        chain.push(parent);
        next = parent.extends.as_deref();
    }
    chain.iter().rev().flat_map(|group| &group.attributes).collect()
}

fn merged(name: &str, own: &Attribute, definition: Option<&Attribute>) -> Attribute {
    let base = definition.cloned().unwrap_or_default();
    Attribute {
        id: Some(name.to_owned()),
        reference: None,
        brief: own.brief.clone().or(base.brief),
        requirement_level: own.requirement_level.clone().or(base.requirement_level),
        ..base
    }
}
