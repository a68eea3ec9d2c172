//! Makes `.beam` files by hand: what no compiler here emits, and what none ever would.
#![allow(dead_code)]

use lam_beam::OPCODES;

/// An operand.
#[derive(Clone)]
pub enum A {
    /// A number.
    U(u64),
    /// An integer.
    I(i64),
    /// `[]`.
    Nil,
    /// An atom.
    At(&'static str),
    /// An X register.
    X(u64),
    /// A Y register.
    Y(u64),
    /// A label; 0 is none.
    F(u64),
    /// A float register.
    Fr(u64),
    /// A typed register.
    Typed(Box<A>),
    /// A literal.
    Lit(u64),
    /// A list.
    List(Vec<A>),
    /// Words, floats, funs.
    Alloc(u64, u64, u64),
}

/// A file in the making.
pub struct Beam {
    atoms: Vec<&'static str>,
    imports: Vec<[u32; 3]>,
    exports: Vec<[u32; 3]>,
    lambdas: Vec<[u32; 6]>,
    literals: Vec<Vec<u8>>,
    strings: Vec<u8>,
    code: Vec<u8>,
    functions: u32,
    extra: Vec<(&'static [u8; 4], Vec<u8>)>,
}

impl Beam {
    pub fn new() -> Beam {
        Beam {
            atoms: vec!["m"],
            imports: Vec::new(),
            exports: Vec::new(),
            lambdas: Vec::new(),
            literals: Vec::new(),
            strings: Vec::new(),
            code: Vec::new(),
            functions: 0,
            extra: Vec::new(),
        }
    }

    pub fn atom(&mut self, text: &'static str) -> u32 {
        let at = self.atoms.iter().position(|atom| *atom == text).unwrap_or_else(|| {
            self.atoms.push(text);
            self.atoms.len() - 1
        });
        at as u32 + 1
    }

    /// An import, as an operand.
    pub fn import(&mut self, module: &'static str, name: &'static str, arity: u32) -> A {
        let import = [self.atom(module), self.atom(name), arity];
        self.imports.push(import);
        A::U(self.imports.len() as u64 - 1)
    }

    /// A literal without its version byte, as an operand.
    pub fn literal(&mut self, term: &[u8]) -> A {
        let mut literal = vec![131];
        literal.extend_from_slice(term);
        self.literals.push(literal);
        A::Lit(self.literals.len() as u64 - 1)
    }

    pub fn strings(&mut self, bytes: &[u8]) {
        self.strings.extend_from_slice(bytes);
    }

    pub fn lambda(&mut self, name: &'static str, arity: u32, label: u32, free: u32) -> A {
        let name = self.atom(name);
        let index = self.lambdas.len() as u32;
        self.lambdas.push([name, arity, label, index, free, 77]);
        A::U(index.into())
    }

    pub fn chunk(&mut self, name: &'static [u8; 4], data: Vec<u8>) {
        self.extra.push((name, data));
    }

    /// Begins a function: its clause label is `label`, its entry the next.
    pub fn function(&mut self, name: &'static str, arity: u32, label: u32) -> &mut Beam {
        self.functions += 1;
        let atom = self.atom(name);
        self.exports.push([atom, arity, label + 1]);
        self.op("label", &[A::U(label.into())]);
        self.op("func_info", &[A::At("m"), A::At(name), A::U(arity.into())]);
        self.op("label", &[A::U(u64::from(label) + 1)])
    }

    pub fn op(&mut self, name: &str, args: &[A]) -> &mut Beam {
        let opcode = OPCODES.iter().find(|op| op.name == name).expect("an opcode of that name");
        assert_eq!(args.len(), usize::from(opcode.arity), "operands of {name}");
        self.code.push(opcode.number);
        for arg in args {
            self.arg(arg);
        }
        self
    }

    pub fn raw(&mut self, bytes: &[u8]) -> &mut Beam {
        self.code.extend_from_slice(bytes);
        self
    }

    fn arg(&mut self, arg: &A) {
        match arg {
            A::U(n) => self.number(0, *n as i128),
            A::I(n) => self.number(1, i128::from(*n)),
            A::Nil => self.number(2, 0),
            A::At(text) => {
                let index = self.atom(text);
                self.number(2, index.into());
            }
            A::X(n) => self.number(3, *n as i128),
            A::Y(n) => self.number(4, *n as i128),
            A::F(n) => self.number(5, *n as i128),
            A::Fr(n) => self.extended(2, &[A::U(*n)]),
            A::Typed(register) => self.extended(5, &[(**register).clone(), A::U(0)]),
            A::Lit(n) => self.extended(4, &[A::U(*n)]),
            A::List(all) => {
                self.extended(1, &[A::U(all.len() as u64)]);
                all.iter().for_each(|arg| self.arg(arg));
            }
            A::Alloc(words, floats, funs) => {
                self.extended(3, &[A::U(3)]);
                for (kind, amount) in [(0, words), (1, floats), (2, funs)] {
                    self.number(0, kind);
                    self.number(0, *amount as i128);
                }
            }
        }
    }

    fn extended(&mut self, kind: u8, args: &[A]) {
        self.code.push(kind << 4 | 7);
        args.iter().for_each(|arg| self.arg(arg));
    }

    fn number(&mut self, tag: u8, value: i128) {
        match value {
            0..16 => self.code.push((value as u8) << 4 | tag),
            16..2048 => self.code.extend([(value >> 3) as u8 & 0xe0 | 8 | tag, value as u8]),
            _ => {
                let bytes = value.to_be_bytes();
                let sign = if value < 0 { 0xff } else { 0 };
                let start = (0..14)
                    .find(|at| bytes[*at] != sign || (bytes[at + 1] ^ sign) & 0x80 != 0)
                    .unwrap_or(14);
                let size = 16 - start as u8;
                match size {
                    ..=8 => self.code.push((size - 2) << 5 | 0x18 | tag),
                    _ => self.code.extend([0xf8 | tag, (size - 9) << 4]),
                }
                self.code.extend_from_slice(&bytes[start..]);
            }
        }
    }

    /// The file, with the tables as OTP 28 and later write them.
    pub fn finish(&self) -> Vec<u8> {
        let mut atoms = self.atoms.clone();
        atoms.dedup();
        let mut table = (-(atoms.len() as i32)).to_be_bytes().to_vec();
        for atom in atoms {
            let mut size = Beam::new();
            size.number(0, atom.len() as i128);
            table.extend_from_slice(&size.code);
            table.extend_from_slice(atom.as_bytes());
        }
        self.assemble(b"AtU8", table, 0)
    }

    /// The file with a given atom chunk.
    pub fn assemble(&self, name: &'static [u8; 4], atoms: Vec<u8>, literal_size: u32) -> Vec<u8> {
        let mut literals = (self.literals.len() as u32).to_be_bytes().to_vec();
        for literal in &self.literals {
            literals.extend((literal.len() as u32).to_be_bytes());
            literals.extend_from_slice(literal);
        }
        let mut packed = literal_size.to_be_bytes().to_vec();
        packed.extend(literals);
        let mut code: Vec<u8> =
            [16, 0, 193, 1000, self.functions].into_iter().flat_map(u32::to_be_bytes).collect();
        code.extend_from_slice(&self.code);
        code.push(3);
        let mut chunks: Vec<(&[u8; 4], Vec<u8>)> = vec![
            (name, atoms),
            (b"Code", code),
            (b"StrT", self.strings.clone()),
            (b"ImpT", rows(&self.imports)),
            (b"ExpT", rows(&self.exports)),
            (b"FunT", rows(&self.lambdas)),
            (b"LitT", packed),
        ];
        for (name, data) in &self.extra {
            chunks.retain(|(known, _)| known != name);
            chunks.push((name, data.clone()));
        }
        container(&chunks)
    }
}

fn rows<const N: usize>(rows: &[[u32; N]]) -> Vec<u8> {
    let mut bytes = (rows.len() as u32).to_be_bytes().to_vec();
    bytes.extend(rows.iter().flatten().flat_map(|n| n.to_be_bytes()));
    bytes
}

/// A file of these chunks.
pub fn container(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut body = b"BEAM".to_vec();
    for (name, data) in chunks {
        body.extend_from_slice(*name);
        body.extend((data.len() as u32).to_be_bytes());
        body.extend_from_slice(data);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let mut file = b"FOR1".to_vec();
    file.extend((body.len() as u32).to_be_bytes());
    file.extend(body);
    file
}
