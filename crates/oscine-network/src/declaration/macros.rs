//! The macros of the declarations.

/// Declares a table: a struct whose fields are keys.
///
/// ```text
/// table! {
///     /// How a run goes.
///     pub struct Run {
///         /// The step.
///         dt: f64 = Positive<Time>, or 1e-4;
///     }
/// }
/// ```
///
/// A field is `name: type = kind`, or `name as "key"` where the key is called otherwise. After it come `needs "…"`, an example for a key that must be
/// written, or a default: `or` where it is written out, `usually` where it is left out. `reads` names keys that are no fields and are read by
/// [`crate::declaration::Table`]; `keeps` fields that have no key of their own.
macro_rules! table {
    (
        $(#[doc = $table_doc:literal])+
        pub struct $Table:ident {
            $(
                $(#[doc = $doc:literal])+
                $field:ident $(as $name:literal)? : $type:ty = $kind:ty
                    $(, needs $example:literal)? $(, or $default:expr)? $(, usually $usual:expr)?;
            )*
        }
        $(reads {
            $(
                $(#[doc = $read_doc:literal])+
                $read:ident: $read_kind:ty;
            )*
        })?
        $(keeps {
            $(
                $(#[doc = $kept_doc:literal])+
                $kept:ident: $kept_type:ty;
            )*
        })?
    ) => {
        $(#[doc = $table_doc])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct $Table {
            $(
                $(#[doc = $doc])+
                pub $field: $type,
            )*
            $($(
                $(#[doc = $kept_doc])+
                pub $kept: $kept_type,
            )*)?
        }

        impl $crate::declaration::Declared for $Table {
            const DOC: &'static str = concat!($($table_doc),+);

            fn blank() -> Self {
                Self {
                    $($field: $crate::declaration::usual!($($default)? $($usual)?),)*
                    $($($kept: Default::default(),)*)?
                }
            }

            fn read_keys(&mut self, fields: &$crate::reading::fields::Fields) -> bool {
                let mut whole = true;
                $(
                    let key = $crate::declaration::key!($field $($name)?, concat!($($doc),+) $(, $example)?);
                    whole &= <$kind as $crate::declaration::Keys>::read_from(fields, &key, &mut self.$field);
                )*
                whole
            }

            fn write_keys(&self, into: &mut $crate::reading::tree::Table) {
                $(
                    let key = $crate::declaration::key!($field $($name)?, "");
                    if true $(&& self.$field != $usual)? {
                        <$kind as $crate::declaration::Keys>::write_into(&self.$field, &key, into);
                    }
                )*
            }

            fn check_keys(&self, findings: &mut $crate::checks::Findings, path: &str, table: &str) {
                $(
                    let key = $crate::declaration::key!($field $($name)?, "");
                    <$kind as $crate::declaration::Keys>::check(&self.$field, &key, findings, path, table);
                )*
            }

            fn describe_keys(into: &mut $crate::declaration::reference::TableReference) {
                $(
                    let key = $crate::declaration::key!($field $($name)?, concat!($($doc),+) $(, $example)?);
                    let default: Option<$type> = None $(.or(Some($default)))? $(.or(Some($usual)))?;
                    <$kind as $crate::declaration::Keys>::describe(&key, default.as_ref(), into);
                )*
                $($(
                    let key = $crate::declaration::key!($read, concat!($($read_doc),+));
                    <$read_kind as $crate::declaration::Keys>::describe(&key, None, into);
                )*)?
            }
        }
    };
}

/// Declares tables by kind: an enum, a variant with keys of its own for each name under the key of the kind.
///
/// ```text
/// variants! {
///     /// The kinds of stimulus.
///     pub enum StimulusKind by "kind" "What it is.", needs "`kind = \"step\"`" {
///         /// A constant amplitude.
///         Step = "step" {
///             /// With its unit.
///             amplitude: Text = Filled<Expression>, needs "`amplitude = \"1 nA\"`";
///         }
///     }
/// }
/// ```
macro_rules! variants {
    (
        $(#[doc = $enum_doc:literal])+
        $(#[derive($derive:ident)])?
        pub enum $Enum:ident by $kind:literal $kind_doc:literal $(, needs $kind_example:literal)? $(, or $usual_kind:literal)? {
            $(
                $(#[doc = $doc:literal])+
                $Variant:ident = $name:literal
                $({
                    $(
                        $(#[doc = $field_doc:literal])+
                        $field:ident $(as $key:literal)? : $type:ty = $field_kind:ty
                            $(, needs $example:literal)? $(, or $default:expr)? $(, usually $usual:expr)?;
                    )*
                })?;
            )*
        }
    ) => {
        $(#[doc = $enum_doc])+
        #[derive(Clone, Debug, PartialEq $(, $derive)?)]
        pub enum $Enum {
            $(
                $(#[doc = $doc])+
                $Variant
                $({
                    $(
                        $(#[doc = $field_doc])+
                        $field: $type,
                    )*
                })?,
            )*
        }

        $crate::declaration::rows! {
            $Enum by $kind $kind_doc $(, needs $kind_example)? $(, or $usual_kind)? {
                $(
                    $(#[doc = $doc])+
                    $name = $Variant
                    $({
                        $(
                            $(#[doc = $field_doc])+
                            $field $(as $key)? : $type = $field_kind $(, needs $example)? $(, or $default)? $(, usually $usual)?;
                        )*
                    })?;
                )*
            }
        }
    };
}

/// The keys of an enum by kind, a row for each name; two names of one variant differ in a field that `where` fixes.
macro_rules! rows {
    (
        $Enum:ident by $kind:literal $kind_doc:literal $(, needs $kind_example:literal)? $(, or $usual_kind:literal)? {
            $(
                $(#[doc = $doc:literal])+
                $name:literal = $Variant:ident $(where $fixed:ident = $value:literal)?
                $({
                    $(
                        $(#[doc = $field_doc:literal])+
                        $field:ident $(as $key:literal)? : $type:ty = $field_kind:ty
                            $(, needs $example:literal)? $(, or $default:expr)? $(, usually $usual:expr)?;
                    )*
                })?;
            )*
        }
    ) => {
        impl $Enum {
            /// The names of the kinds.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// The name of its kind.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$Variant { $($fixed: $value,)? .. } => $name,)*
                }
            }
        }

        impl $crate::declaration::Keys for $Enum {
            type Value = Self;

            fn read_from(fields: &$crate::reading::fields::Fields, _: &$crate::declaration::Key, into: &mut Self) -> bool {
                let example: Option<&str> = None $(.or(Some($kind_example)))?;
                let usual: Option<&'static str> = None $(.or(Some($usual_kind)))?;
                let Some(name) = fields.kind($kind, Self::NAMES, example, usual) else {
                    return false;
                };
                let mut whole = true;
                match name {
                    $(
                        $name => {
                            *into = Self::$Variant {
                                $($fixed: $value,)?
                                $($(
                                    $field: {
                                        let key = $crate::declaration::key!($field $($key)?, concat!($($field_doc),+) $(, $example)?);
                                        let mut value: $type = $crate::declaration::usual!($($default)? $($usual)?);
                                        whole &= <$field_kind as $crate::declaration::Keys>::read_from(fields, &key, &mut value);
                                        value
                                    },
                                )*)?
                            };
                        }
                    )*
                    _ => return false,
                }
                whole
            }

            fn write_into(value: &Self, _: &$crate::declaration::Key, into: &mut $crate::reading::tree::Table) {
                into.add($kind, $crate::reading::tree::Node::string(value.name()));
                #[allow(unused_variables)]
                match value {
                    $(
                        Self::$Variant { $($fixed: $value,)? $($($field,)*)? } => {
                            $($(
                                let key = $crate::declaration::key!($field $($key)?, "");
                                if true $(&& *$field != $usual)? {
                                    <$field_kind as $crate::declaration::Keys>::write_into($field, &key, into);
                                }
                            )*)?
                        }
                    )*
                }
            }

            fn check(
                value: &Self,
                _: &$crate::declaration::Key,
                findings: &mut $crate::checks::Findings,
                path: &str,
                table: &str,
            ) {
                match value {
                    $(
                        Self::$Variant { $($fixed: $value,)? $($($field,)*)? } => {
                            $($(
                                let key = $crate::declaration::key!($field $($key)?, "");
                                <$field_kind as $crate::declaration::Keys>::check($field, &key, findings, path, table);
                            )*)?
                        }
                    )*
                }
            }

            fn describe(
                _: &$crate::declaration::Key,
                _: Option<&Self>,
                into: &mut $crate::declaration::reference::TableReference,
            ) {
                let example = None $(.or(Some($kind_example)))?;
                let usual = None $(.or(Some($usual_kind)))?;
                let mut variants = Vec::new();
                $(
                    #[allow(unused_mut)]
                    let mut variant = $crate::declaration::reference::TableReference::new(concat!($($doc),+).trim());
                    $($(
                        let key = $crate::declaration::key!($field $($key)?, concat!($($field_doc),+) $(, $example)?);
                        let default: Option<$type> = None $(.or(Some($default)))? $(.or(Some($usual)))?;
                        <$field_kind as $crate::declaration::Keys>::describe(&key, default.as_ref(), &mut variant);
                    )*)?
                    variants.push(($name, variant));
                )*
                into.kinds = Some($crate::declaration::reference::Kinds {
                    key: $kind,
                    doc: $kind_doc.trim(),
                    needs: example,
                    usual,
                    variants,
                    others: None,
                });
            }
        }
    };
}

/// Declares an enum of words.
///
/// ```text
/// words! {
///     /// The precision.
///     pub enum Precision, usually Double {
///         /// `f32`.
///         Single = "single",
///     }
/// }
/// ```
macro_rules! words {
    (
        $(#[doc = $enum_doc:literal])+
        pub enum $Enum:ident $(, usually $Usual:ident)? {
            $(
                $(#[doc = $doc:literal])+
                $Word:ident = $name:literal,
            )*
        }
    ) => {
        $(#[doc = $enum_doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $Enum {
            $(
                $(#[doc = $doc])+
                $Word,
            )*
        }

        impl $Enum {
            /// Its name in a file.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$Word => $name,)*
                }
            }
        }

        $(
            impl Default for $Enum {
                fn default() -> Self {
                    Self::$Usual
                }
            }
        )?

        impl $crate::declaration::words::Word for $Enum {
            const ALL: &'static [Self] = &[$(Self::$Word),*];

            fn word(&self) -> &'static str {
                self.name()
            }

            fn doc(&self) -> &'static str {
                match self {
                    $(Self::$Word => concat!($($doc),+).trim(),)*
                }
            }
        }
    };
}

/// A key of a declaration.
macro_rules! key {
    ($field:ident $($name:literal)?, $doc:expr $(, $example:literal)?) => {
        $crate::declaration::Key {
            name: $crate::declaration::key_name!($field $($name)?),
            doc: $doc,
            needs: None $(.or(Some($example)))?,
        }
    };
}

/// What a field is called in the file.
macro_rules! key_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $name:literal) => {
        $name
    };
}

/// A default, or what its type has for one.
macro_rules! usual {
    () => {
        Default::default()
    };
    ($value:expr) => {
        $value
    };
}

pub(crate) use {key, key_name, rows, table, usual, variants, words};
