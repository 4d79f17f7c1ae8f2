//! The layers of each crate: neither files nor folders import each other in a circle, and core's
//! folders are layered as `ARCHITECTURE.md` draws them.
//!
//! A file depends on another file if it contains a path that leads there: `crate::store::series`,
//! `super::block`, or the name of one of its own modules. `mod` declarations and tests do not
//! count, and neither do exported macros, whose paths are resolved elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

const CRATES: [&str; 13] = [
    "metrics-bridge",
    "metrics-catalog",
    "metrics-core",
    "metrics-db",
    "metrics-derive",
    "metrics-llm",
    "metrics-logfire",
    "metrics-otel",
    "metrics-prometheus",
    "metrics-system",
    "metrics-tokio",
    "metrics-tower",
    ".",
];

/// The index of a module in [`Crate::modules`].
type Id = usize;

#[derive(Debug)]
struct Module {
    parent: Option<Id>,
    children: BTreeMap<String, Id>,
    file: PathBuf,
    tokens: Vec<TokenTree>,
}

#[derive(Debug, Default)]
struct Crate {
    modules: Vec<Module>,
}

type Graph = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_files_import_each_other_in_a_circle() {
    let circles: String = CRATES.iter().map(|name| circles(name, &dependencies(name))).collect();
    assert!(circles.is_empty(), "files import each other:{circles}");
}

#[test]
fn no_folders_import_each_other_in_a_circle() {
    let circles: String =
        CRATES.iter().map(|name| circles(name, &by_folder(&dependencies(name)))).collect();
    assert!(circles.is_empty(), "folders import each other:{circles}");
}

#[test]
fn the_layers_of_core_are_those_of_the_picture() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let picture = text.split("```").nth(1).expect("ARCHITECTURE.md begins with the picture");
    // Each line is a layer: its folders, separated by dots, then two spaces and a description.
    let layers: Vec<Vec<&str>> = picture
        .lines()
        .skip(1)
        .take_while(|line| !line.is_empty())
        .map(|line| line.split("  ").next().unwrap().split(" · ").collect())
        .collect();
    let place = |folder: &str| layers.iter().position(|layer| layer.contains(&folder));
    let graph = by_folder(&dependencies("metrics-core"));
    let mut wrong = Vec::new();
    for (folder, used) in &graph {
        if matches!(folder.as_str(), "lib" | "exports" | "private") {
            continue;
        }
        let Some(own) = place(folder) else {
            wrong.push(format!("`{folder}` is not in the picture"));
            continue;
        };
        for used in used {
            // The picture begins with the top layer.
            if place(used).is_none_or(|other| other <= own) {
                wrong.push(format!("`{folder}` imports `{used}`, which does not lie below it"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().filter(|folder| folder.join("ARCHITECTURE.md").is_file()).last().unwrap()
}

/// The files that each file of a crate uses, by their paths below `src`.
fn dependencies(name: &str) -> Graph {
    let src = root().join(name).join("src");
    let mut all = Crate::default();
    all.load(None, src.join("lib.rs"));
    let shown = |id: Id| {
        let path = all.modules[id].file.strip_prefix(&src).unwrap().with_extension("");
        path.to_string_lossy().replace('\\', "/")
    };
    let mut graph = Graph::new();
    for id in 0..all.modules.len() {
        let mut used = BTreeSet::new();
        all.references(id, &all.modules[id].tokens, &mut used);
        let file = shown(id);
        let used = used.into_iter().map(shown).filter(|used| *used != file).collect::<Vec<_>>();
        graph.entry(file).or_default().extend(used);
    }
    assert!(!graph.is_empty());
    graph
}

/// The folders that each folder uses. A folder includes its face.
fn by_folder(files: &Graph) -> Graph {
    let folder = |file: &str| file.split('/').next().unwrap().to_owned();
    let mut graph = Graph::new();
    for (file, used) in files {
        let own = folder(file);
        let used = used.iter().map(|used| folder(used)).filter(|used| *used != own);
        graph.entry(own.clone()).or_default().extend(used.collect::<Vec<_>>());
    }
    graph
}

/// The edges of the circles in a graph, one line for each edge.
fn circles(name: &str, graph: &Graph) -> String {
    let mut left = graph.clone();
    loop {
        let before = left.len();
        // Removes the nodes that use no other node, and the nodes that no other node uses.
        let rest: BTreeSet<String> = left.keys().cloned().collect();
        left.retain(|_, used| used.iter().any(|used| rest.contains(used)));
        let used: BTreeSet<String> = left.values().flatten().cloned().collect();
        left.retain(|file, _| used.contains(file));
        if left.len() == before {
            break;
        }
    }
    let line = |file: &str, used: &str| format!("\n{name}: {file} -> {used}");
    left.iter()
        .flat_map(|(file, used)| used.iter().map(move |used| (file, used)))
        .filter(|(_, used)| left.contains_key(*used))
        .map(|(file, used)| line(file, used))
        .collect()
}

#[test]
fn a_circle_is_found_and_a_tree_is_none() {
    let graph = |edges: &[(&str, &str)]| {
        let mut graph = Graph::new();
        for (from, to) in edges {
            graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
            graph.entry((*to).to_owned()).or_default();
        }
        graph
    };
    assert_eq!(circles("x", &graph(&[("a", "b"), ("b", "c"), ("a", "c")])), "");
    let found = circles("x", &graph(&[("top", "a"), ("a", "b"), ("b", "a"), ("b", "leaf")]));
    assert_eq!(found, "\nx: a -> b\nx: b -> a");
}

impl Crate {
    /// Reads the module in `file`, and the modules that it declares.
    fn load(&mut self, parent: Option<Id>, file: PathBuf) -> Id {
        let text = fs::read_to_string(&file).unwrap_or_else(|_| panic!("{}", file.display()));
        let tokens: TokenStream = text.parse().unwrap();
        self.add(parent, file, tokens)
    }

    fn add(&mut self, parent: Option<Id>, file: PathBuf, tokens: TokenStream) -> Id {
        let id = self.modules.len();
        self.modules.push(Module { parent, children: BTreeMap::new(), file, tokens: Vec::new() });
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut own = Vec::new();
        let mut attributes = String::new();
        let mut at = 0;
        while at < tokens.len() {
            let next = tokens.get(at + 1);
            match (&tokens[at], next, tokens.get(at + 2)) {
                (TokenTree::Punct(hash), Some(TokenTree::Group(attribute)), _)
                    if hash.as_char() == '#' =>
                {
                    attributes += &attribute.to_string();
                    own.push(tokens[at + 1].clone());
                    at += 2;
                    continue;
                }
                (TokenTree::Ident(word), Some(TokenTree::Ident(name)), Some(end))
                    if word == "mod" =>
                {
                    if !is_test(&attributes) {
                        let child = match end {
                            TokenTree::Group(body) => {
                                let file = self.modules[id].file.clone();
                                self.add(Some(id), file, body.stream())
                            }
                            _ => self
                                .load(Some(id), self.file_of(id, &name.to_string(), &attributes)),
                        };
                        self.modules[id].children.insert(name.to_string(), child);
                    }
                    attributes.clear();
                    at += 3;
                    continue;
                }
                (TokenTree::Group(_), ..) => {
                    // The body of a test, or the end of any other item.
                    if !is_test(&attributes) {
                        own.push(tokens[at].clone());
                    }
                    attributes.clear();
                }
                (token, ..) => {
                    if matches!(token, TokenTree::Punct(end) if end.as_char() == ';') {
                        attributes.clear();
                    }
                    own.push(token.clone());
                }
            }
            at += 1;
        }
        self.modules[id].tokens = own;
        id
    }

    /// The file of a module that the module `id` declares.
    fn file_of(&self, id: Id, name: &str, attributes: &str) -> PathBuf {
        let own = &self.modules[id].file;
        let path = attributes.split("path = \"").nth(1).and_then(|rest| rest.split('"').next());
        if let Some(path) = path {
            return own.with_file_name(path);
        }
        let is_lib = self.modules[id].parent.is_none();
        let folder = if is_lib { own.with_file_name("") } else { own.with_extension("") };
        folder.join(name).with_extension("rs")
    }

    /// Adds the modules that paths in `tokens` lead to.
    fn references(&self, id: Id, tokens: &[TokenTree], used: &mut BTreeSet<Id>) {
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    self.references(id, &inner, used);
                }
                TokenTree::Ident(word) if begins_path(tokens, at) => {
                    let start = match word.to_string().as_str() {
                        "crate" => Some(0),
                        "self" => Some(id),
                        "super" => self.modules[id].parent,
                        name => self.modules[id].children.get(name).copied(),
                    };
                    if let Some(start) = start {
                        self.follow(start, &tokens[at + 1..], used);
                    }
                }
                _ => {}
            }
        }
    }

    /// Follows the rest of a path from a module, as far as the path names modules.
    fn follow(&self, from: Id, rest: &[TokenTree], used: &mut BTreeSet<Id>) {
        let next = if is_colons(rest) { rest.get(2) } else { None };
        match next {
            Some(TokenTree::Ident(name)) => self.step(from, &name.to_string(), &rest[3..], used),
            Some(TokenTree::Group(group)) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let is_comma =
                    |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
                for part in inner.split(is_comma) {
                    match part.first() {
                        Some(TokenTree::Ident(name)) => {
                            self.step(from, &name.to_string(), &part[1..], used);
                        }
                        Some(_) => drop(used.insert(from)),
                        None => {}
                    }
                }
            }
            _ => drop(used.insert(from)),
        }
    }

    fn step(&self, from: Id, name: &str, rest: &[TokenTree], used: &mut BTreeSet<Id>) {
        let next = match name {
            "super" => self.modules[from].parent,
            name => self.modules[from].children.get(name).copied(),
        };
        match next {
            Some(module) => self.follow(module, rest, used),
            // An item of this module, or one that it re-exports.
            None => drop(used.insert(from)),
        }
    }
}

fn is_test(attributes: &str) -> bool {
    attributes.contains("cfg") && attributes.contains("test")
}

fn is_colons(tokens: &[TokenTree]) -> bool {
    let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == ':');
    is_colon(tokens.first()) && is_colon(tokens.get(1))
}

/// Whether the word at this index begins a path: `::` follows the word, and neither `$` nor another
/// part of a path precedes it.
fn begins_path(tokens: &[TokenTree], at: usize) -> bool {
    let is_inside = at > 0
        && matches!(&tokens[at - 1], TokenTree::Punct(p) if matches!(p.as_char(), ':' | '$'))
        // A single colon, as in `field: crate::…`, is not part of a path.
        && (at < 2 || matches!(&tokens[at - 1], TokenTree::Punct(p) if p.as_char() == '$')
            || is_colons(&tokens[at - 2..]));
    !is_inside && is_colons(&tokens[at + 1..])
}
