//! What `#[timed]` stands above, as it was written.
//!
//! Bodies stay tokens: what is wrong in them is the compiler's to tell.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, ImplItem, Signature, Token, Visibility};

use crate::diagnostics::Diagnostics;

pub(crate) enum TimedItem {
    Function(Box<FunctionDeclaration>),
    Impl(ImplDeclaration),
}

/// A function, a method, or a trait's function with or without a body.
pub(crate) struct FunctionDeclaration {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) default: Option<Token![default]>,
    pub(crate) signature: Signature,
    /// `None` if it ends with a semicolon.
    pub(crate) body: Option<Body>,
}

/// What stands in a function's braces.
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
    /// What is no function, says `#[timed(skip)]`, or has a `#[timed]` of its own.
    Other(TokenStream),
}

impl TimedItem {
    /// `None` if it is neither a function nor an impl block, which has been reported.
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
        other => Err(syn::Error::new_spanned(other, "expected `{`")),
    }
}

impl ImplDeclaration {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut head = TokenStream::new();
        // Braces in the head stand inside brackets or angles; the block's are the last.
        while !(input.peek(syn::token::Brace) && is_last(input)) {
            head.extend([input.parse::<TokenTree>()?]);
        }
        let braces = braces(input)?;
        let inside = |input: ParseStream<'_>| {
            let attributes = input.call(Attribute::parse_inner)?;
            let mut members = Vec::new();
            while !input.is_empty() {
                members.push(input.parse()?);
            }
            Ok((attributes, members))
        };
        let (attributes, members) = inside.parse2(braces.stream())?;
        Ok(Self { head, braces, attributes, members })
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

impl Parse for ImplMember {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        if ahead.parse::<FunctionDeclaration>().is_err() {
            return Ok(Self::Other(input.parse::<ImplItem>()?.into_token_stream()));
        }
        let mut function: FunctionDeclaration = input.parse()?;
        let own = function.attributes.iter().position(is_timed);
        Ok(match own {
            None => Self::Timed(Box::new(function)),
            Some(own) => {
                if is_skip(&function.attributes[own]) {
                    function.attributes.remove(own);
                }
                Self::Other(function.into_token_stream())
            }
        })
    }
}

/// Whether it is this macro, under whatever path.
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
