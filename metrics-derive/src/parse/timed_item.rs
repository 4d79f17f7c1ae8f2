//! The function or the impl block below `#[timed]`.
//!
//! Bodies stay tokens: the compiler reports mistakes in them.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Generics, ImplItem, ItemImpl, Meta, Signature, Token, Visibility, parse_quote,
};

use crate::diagnostics::Diagnostics;

pub(crate) enum TimedItem {
    Function(Box<FunctionDeclaration>),
    Impl(ImplDeclaration),
}

/// A function, a method, or a trait's function with or without a body.
#[derive(Clone)]
pub(crate) struct FunctionDeclaration {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) default: Option<Token![default]>,
    pub(crate) signature: Signature,
    /// `None` if it ends with a semicolon.
    pub(crate) body: Option<Body>,
}

/// The body of a function.
#[derive(Clone)]
pub(crate) struct Body {
    pub(crate) braces: Group,
    /// `#![…]`
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) statements: TokenStream,
}

/// An impl block.
pub(crate) struct ImplDeclaration {
    /// Everything before the braces.
    head: TokenStream,
    braces: Group,
    attributes: Vec<Attribute>,
    pub(crate) members: Vec<ImplMember>,
}

pub(crate) enum ImplMember {
    Timed(Box<FunctionDeclaration>),
    /// A member that is not a function, or has `#[timed(skip)]`, or has a `#[timed]` of its own.
    Other(TokenStream),
}

impl TimedItem {
    /// `None` if the item is neither a function nor an impl block, which is reported.
    pub(crate) fn parse(cx: &Diagnostics, item: TokenStream) -> Option<Self> {
        if let Ok(function) = syn::parse2(item.clone()) {
            return Some(Self::Function(function));
        }
        let words = item.clone().into_iter().filter_map(|token| match token {
            TokenTree::Ident(word) => Some(word),
            _ => None,
        });
        let mut words =
            words.skip_while(|word| ["pub", "unsafe", "default", "auto"].iter().any(|w| word == w));
        let first = words.next();
        match first.as_ref().map(ToString::to_string).as_deref() {
            Some("impl") => match ImplDeclaration::parse.parse2(item) {
                Ok(block) => return Some(Self::Impl(block)),
                Err(error) => cx.syntax(error),
            },
            Some("fn" | "async" | "extern") => {
                if let Err(error) = syn::parse2::<FunctionDeclaration>(item) {
                    cx.syntax(error);
                }
            }
            word => {
                let what = word.and_then(in_prose);
                let what = what.map(|what| format!(", and this is {what}")).unwrap_or_default();
                let at = first.map_or(item, ToTokens::into_token_stream);
                cx.error(
                    at,
                    format_args!("`#[timed]` belongs above a function or an impl block{what}"),
                );
            }
        }
        None
    }
}

fn in_prose(word: &str) -> Option<&'static str> {
    Some(match word {
        "struct" => "a struct",
        "enum" => "an enum",
        "union" => "a union",
        "trait" => "a trait; put it above the functions that have a body",
        "mod" => "a module; put it above its functions",
        "const" => "a constant",
        "static" => "a static",
        "type" => "a type",
        "use" => "an import",
        "let" => "a statement",
        "move" => "a closure",
        _ => return None,
    })
}

impl Parse for FunctionDeclaration {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let default = input.parse()?;
        let signature = input.parse()?;
        let body = match input.parse::<Option<Token![;]>>()? {
            Some(_) => None,
            None => Some(input.parse()?),
        };
        Ok(Self { attributes, vis, default, signature, body })
    }
}

impl Parse for Body {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let braces = braces(input)?;
        let inside = |input: ParseStream<'_>| {
            Ok((input.call(Attribute::parse_inner)?, input.parse::<TokenStream>()?))
        };
        let (attributes, statements) = inside.parse2(braces.stream())?;
        Ok(Self { braces, attributes, statements })
    }
}

fn braces(input: ParseStream<'_>) -> syn::Result<Group> {
    match input.parse()? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Ok(group),
        // A `macro_rules!` puts an invisible group around `$body:block`.
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            braces.parse2(group.stream())
        }
        other => Err(syn::Error::new_spanned(other, "expected `{`")),
    }
}

impl ImplDeclaration {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut head = TokenStream::new();
        // The block's braces are the last token. Braces in the head are inside brackets or angles.
        while !(input.peek(syn::token::Brace) && is_last(input)) {
            head.extend([input.parse::<TokenTree>()?]);
        }
        let braces = braces(input)?;
        let inside = |input: ParseStream<'_>| {
            let attributes = input.call(Attribute::parse_inner)?;
            let mut members = Vec::new();
            while !input.is_empty() {
                if input.fork().parse::<FunctionDeclaration>().is_err() {
                    let member = input.parse::<ImplItem>()?;
                    members.push(ImplMember::Other(member.into_token_stream()));
                } else {
                    add_function(input.parse()?, &mut members);
                }
            }
            Ok((attributes, members))
        };
        let (attributes, members) = inside.parse2(braces.stream())?;
        Ok(Self { head, braces, attributes, members })
    }

    /// The generic parameters, and their bounds.
    pub(crate) fn generics(&self) -> Generics {
        let head = &self.head;
        syn::parse2::<ItemImpl>(quote!(#head {})).map(|block| block.generics).unwrap_or_default()
    }

    /// The block with other members.
    pub(crate) fn around(&self, members: TokenStream) -> TokenStream {
        let Self { head, attributes, .. } = self;
        let mut block = Group::new(Delimiter::Brace, quote!(#(#attributes)* #members));
        block.set_span(self.braces.span());
        quote!(#head #block)
    }
}

fn is_last(input: ParseStream<'_>) -> bool {
    input.cursor().token_tree().is_some_and(|(_, rest)| rest.eof())
}

/// Adds a function of an impl block. If its `#[timed]` is in a `cfg_attr`, adds two functions, one
/// for each case.
fn add_function(mut function: FunctionDeclaration, members: &mut Vec<ImplMember>) {
    let attributes = function.attributes.iter().enumerate();
    let mut conditional = attributes.filter_map(|(at, attribute)| Some((at, applied(attribute)?)));
    if let Some((at, (condition, applied))) = conditional.next() {
        let mut otherwise = function.clone();
        otherwise.attributes[at] = parse_quote!(#[cfg(not(#condition))]);
        function.attributes.splice(at..=at, applied);
        function.attributes.insert(at, parse_quote!(#[cfg(#condition)]));
        add_function(function, members);
        add_function(otherwise, members);
        return;
    }
    members.push(match function.attributes.iter().position(is_timed) {
        None => ImplMember::Timed(Box::new(function)),
        Some(own) => {
            if is_skip(&function.attributes[own]) {
                function.attributes.remove(own);
            }
            ImplMember::Other(function.into_token_stream())
        }
    });
}

/// The condition of a `cfg_attr` and its attributes, if this macro is among them.
fn applied(attribute: &Attribute) -> Option<(Meta, Vec<Attribute>)> {
    if !attribute.path().is_ident("cfg_attr") {
        return None;
    }
    let all = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?;
    let mut all = all.into_iter();
    let condition = all.next()?;
    let applied: Vec<_> = all.map(|meta| -> Attribute { parse_quote!(#[#meta]) }).collect();
    applied.iter().any(is_timed).then_some((condition, applied))
}

/// Whether the attribute is this macro, by any path.
fn is_timed(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|segment| segment.ident == "timed")
}

fn is_skip(attribute: &Attribute) -> bool {
    attribute.parse_args::<syn::Ident>().is_ok_and(|word| word == "skip")
}

impl ToTokens for FunctionDeclaration {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, vis, default, signature, body } = self;
        let body = body.as_ref().map_or_else(|| quote!(;), |body| body.braces.to_token_stream());
        tokens.extend(quote!(#(#attributes)* #vis #default #signature #body));
    }
}
