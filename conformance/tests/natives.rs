//! Both machines have the same natives, and steps begin before the same ones (`exec.host.class`).

use std::collections::BTreeMap;

type Natives = BTreeMap<(&'static str, &'static str, u8), String>;

#[test]
fn both_machines_have_the_same_natives() {
    let reference: Natives = lam_reference::native::names()
        .map(|(module, name, arity, effect)| ((module, name, arity), format!("{effect:?}")))
        .collect();
    let fast: Natives = lam_fast::native::names()
        .map(|(module, name, arity, effect)| ((module, name, arity), format!("{effect:?}")))
        .collect();
    assert!(reference.len() > 300, "only {} natives", reference.len());
    let differ = |from: &Natives, to: &Natives| -> Vec<String> {
        from.iter()
            .filter(|(key, effect)| to.get(key) != Some(effect))
            .map(|((module, name, arity), effect)| format!("{module}:{name}/{arity} {effect}"))
            .collect()
    };
    assert_eq!(
        (differ(&reference, &fast), differ(&fast, &reference)),
        (Vec::new(), Vec::new()),
        "natives that only the reference machine has so, and that only the fast one has so"
    );
}
