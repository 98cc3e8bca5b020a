using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets;

/// <content>Bytes: the lanes of quantized data, four to a lane of 32 bits.</content>
internal partial class VectorWriter
{
    private int BytesOfPart => width / 8;

    protected override void WriteQuantizeRows(QuantizeRows quantize)
    {
        string sums = quantize.Sums is { } held ? $", {held.Name}{(held.Type == DType.I32 ? $", {Int(quantize.Bias)}" : "")}" : "";
        string again = HeldAcrossPrograms(quantize) is { } turns ? $"if ({turns}Lanes.BeginsRow({HeldRow}, p1, p2)) " : "";
        Line($"{again}Lanes.QuantizeRows({MatrixText(quantize.Source)}, {Bare(Scalar(quantize.Rows))}, {Bare(Scalar(quantize.Length))}, {Int(quantize.Group)}, {Int(quantize.Run)}, "
            + $"{MatrixText(quantize.Codes)}, {MatrixText(quantize.Scales)}{sums});");
    }

    // Rows that all programs along the first axis read are quantized once a thread: the condition that a loop around takes more than one turn, in
    // which the next overwrites what one has made, or null where the rows depend on the program, the kernel writes them, or has others to hold.
    private string? HeldAcrossPrograms(QuantizeRows quantize)
    {
        if (quantize.Source is not ViewMatrix source || CodeWalk.All(Program.Body).OfType<Lowering.StoreView>().Any(store => store.View == source.View)
            || CodeWalk.All(Program.Body).OfType<QuantizeRows>().Count() > 1)
            return null;
        var read = new List<Expr>();
        foreach (Expr expression in source.Start.AsEnumerable().Append(quantize.Rows).Append(quantize.Length))
        {
            if (!Resolve(expression, read))
                return null;
        }

        For[] turns = [.. _loops.Where(loop => read.OfType<Var>().Any(v => v.Name == loop.Index.Name))];
        bool simple = turns.All(loop => loop is { From: Literal { Value.Bits: 0 }, Step: Literal }) && !read.Any(e => e is ProgramIndex { Axis: 0 });
        return simple ? string.Concat(turns.Select(loop => $"{Bare(Scalar(loop.To))} > {Scalar(loop.Step)} || ")) : null;
    }

    // All that an expression is made of, down to arguments, program indices and loops; false where something else decides.
    private bool Resolve(Expr expression, List<Expr> parts)
    {
        foreach (Expr part in CodeWalk.All(expression))
        {
            bool isKnown = part switch
            {
                Var variable when _scalars.TryGetValue(variable.Name, out Expr? value) => Resolve(value, parts),
                Var variable => _loops.Any(loop => loop.Index.Name == variable.Name) || Program.Kernel.Parameters.Any(p => p.Name == variable.Name),
                LoadLocal or Lowering.LoadView or ReduceLanes => false,
                _ => true,
            };
            if (!isKnown)
                return false;
            parts.Add(part);
        }

        return true;
    }

    protected override void WriteContractBytes(ContractBytes product)
    {
        string sums = product.Sums is { } held ? held.Name : "null", accumulates = product.Accumulates ? "true" : "false";
        Line($"ByteContractions{Int(width)}.{ByteContractionTarget.MethodFor(product.Greatest, product.Run)}({MatrixText(product.A)}, {MatrixText(product.ScalesA)}, {sums}, "
            + $"{MatrixText(product.B)}, {MatrixText(product.ScalesB)}, {MatrixText(product.Target)}, {Bare(Scalar(product.M))}, {Bare(Scalar(product.N))}, "
            + $"{Bare(Scalar(product.Runs))}, {Int(product.Run / QuantizedRow.Packed)}, {accumulates});");
    }

    protected override void WriteRoundRow(RoundRow round)
    {
        string first = Bare(Scalar(round.First));
        Line($"Lanes.RoundRow({Address(round.Source.Name, first)}, {Address(round.Target.Name, first)}, {Bare(Scalar(round.Length))}, {Bare(Scalar(round.Group))});");
    }

    private string[] Dot(DotBytes dot)
    {
        string address = Address(Place(dot.Codes.View, dot.Codes.Start, Scalar, true));
        string other = Address(dot.Other.Name, Bare(Scalar(dot.Index)));
        string[]? accumulator = dot.Accumulator is null ? null : Vector(dot.Accumulator);
        return Parts(p =>
        {
            string codes = Bare(Bytes(dot.Codes.Tree, address, p));
            string sum = accumulator is null ? $"{_vector}<int>.Zero" : Bare(accumulator[p]);
            string ones = HasHotLoops ? $", {ConstantVector(Enumerable.Repeat(0x10001, _lanes))}.AsInt16()" : "";
            return $"Lanes.{(dot.Codes.IsSigned ? "DotSigned" : "Dot")}({sum}, {codes}, {_vector}.Load((sbyte*)({PartAddress(other, p)})){ones})";
        });
    }

    private string[] Packed(PackedCodes packed)
    {
        string address = Address(Place(packed.Codes.View, packed.Codes.Start, Scalar, true));
        return Parts(p => $"{Bytes(packed.Codes.Tree, address, p)}.AsInt32()");
    }

    private string Bytes(ByteTree tree, string address, int part)
    {
        switch (tree)
        {
            case ReadBytes read:
                return Read(read, address, part);
            case ConstantBytes constant:
                return Constant(constant.Values, part);
            case ByteLookup lookup:
                byte[] table = [.. Enumerable.Range(0, LookupTable.Count).Select(i => unchecked((byte)lookup.Table[i]))];
                string index = lookup.Index is ByteOp { Code: OpCode.Shr } nibble ? Shift(nibble, address, part) : Bytes(lookup.Index, address, part);
                return $"Lanes.Shuffle({ConstantVector([.. Enumerable.Range(0, BytesOfPart).Select(l => table[l % table.Length])])}, ({index} & {Constant(Enumerable.Repeat(15, BytesOfPart))}))";
            case ByteTest test:
                return $"{_vector}.AndNot({Constant(test.Values, part)}, {_vector}.Equals({Bytes(test.Operand, address, part)} & {Constant(test.Masks, part)}, {_vector}<byte>.Zero))";
            case ByteOp { Code: OpCode.Or, B: ByteTest test } op when width == 512:
                string others = Bytes(op.A, address, part), bits = $"({Bytes(test.Operand, address, part)} & {Constant(test.Masks, part)})";
                return $"Lanes.OrWhere({others}, {Constant(test.Values, part)}, {bits})";
            case ByteOp { Code: OpCode.And, A: ByteOp { Code: OpCode.Shr } shift, B: ConstantBytes mask } when Covers(shift, mask):
                return $"({Shift(shift, address, part)} & {Constant(mask.Values, part)})";
            case ByteOp { Code: OpCode.Shr } shift:
                int[] counts = Counts(shift);
                return $"({Shift(shift, address, part)} & {Constant([.. counts.Select(c => 255 >> c)], part)})";
            case ByteOp { Code: OpCode.Shl } shift:
                return Shift(shift, address, part);
            case ByteOp op:
                return FromTable(op.Code, DType.I32, [Bytes(op.A, address, part), Bytes(op.B, address, part)]);
            default:
                throw new NotSupportedException($"{tree} is no tree of bytes");
        }
    }

    private static int[] Counts(ByteOp shift) => ((ConstantBytes)shift.B).Values;

    // What wider lanes shift in from a neighbour is masked away.
    private static bool Covers(ByteOp shift, ConstantBytes mask) => mask.Values.Zip(Counts(shift), (m, count) => m <= 255 >> count).All(fits => fits);

    // There are no shifts of bytes. Lanes of 16 bits serve where all shift alike, of 32 where four neighbours do.
    private string Shift(ByteOp shift, string address, int part)
    {
        string value = Bytes(shift.A, address, part);
        int[] counts = [.. Slice(Counts(shift), part)];
        string symbol = shift.Code == OpCode.Shl ? "<<" : ">>", kind = shift.Code == OpCode.Shl ? "LeftLogical" : "RightLogical";
        if (counts.All(c => c == counts[0]))
            return counts[0] == 0 ? value : $"({value}.AsUInt16() {symbol} {Int(counts[0])}).AsByte()";
        int[] words = [.. Enumerable.Range(0, counts.Length / 4).Select(w => counts[4 * w])];
        bool together = Enumerable.Range(0, counts.Length).All(i => counts[i] == words[i / 4]);
        string owner = width switch { 512 => "Avx512F", 256 => "Avx2", _ => "Lanes" };
        return together
            ? $"{owner}.Shift{kind}Variable({value}.AsUInt32(), {ConstantVector(words)}.AsUInt32()).AsByte()"
            : $"Lanes.Shift{kind}Bytes({value}, {Constant(Counts(shift), part)})";
    }

    private IEnumerable<int> Slice(int[] lanes, int part) => lanes.Skip(part * BytesOfPart).Take(BytesOfPart);

    private string Constant(int[] lanes, int part) => Constant(Slice(lanes, part));

    private string Constant(IEnumerable<int> lanes) => ConstantVector([.. lanes.Select(v => unchecked((byte)v))]);

    // A vector is read in as few pieces as its bytes lie in; where they lie out of order, the pieces are shuffled.
    private string Read(ReadBytes read, string address, int part)
    {
        int[] offsets = [.. Slice(read.Offsets, part)];
        if (IsRun(offsets, 0, offsets.Length))
            return $"{_vector}.Load({At(address, offsets[0])})";
        int pieces = offsets.Length / ByteTree.Window;
        int[] windows = [.. Enumerable.Range(0, pieces).Select(w => IsRun(offsets, w * ByteTree.Window, ByteTree.Window)
            ? offsets[w * ByteTree.Window]
            : read.Windows[(part * pieces) + w])];
        string bytes = Pieces([.. windows.Select(w => At(address, w))], pieces > 2 && windows[1] == windows[0] + ByteTree.Window && windows[3] == windows[2] + ByteTree.Window);
        int[] order = [.. offsets.Select((offset, lane) => offset - windows[lane / ByteTree.Window])];
        return order.Select((o, lane) => o == lane % ByteTree.Window).All(same => same) ? bytes : $"Lanes.Shuffle({bytes}, {Constant(order)})";
    }

    private static bool IsRun(int[] offsets, int from, int count) => Enumerable.Range(from, count).All(i => offsets[i] == offsets[from] + i - from);

    private string Pieces(string[] at, bool isHalves) => at.Length switch
    {
        1 => $"Vector128.Load({at[0]})",
        2 => at[0] == at[1] ? $"Lanes.Twice({at[0]})" : $"Lanes.Join(Vector128.Load({at[0]}), Vector128.Load({at[1]}))",
        _ when at.All(a => a == at[0]) => $"Lanes.FourTimes({at[0]})",
        _ when isHalves => at[0] == at[2] ? $"Lanes.HalfTwice({at[0]})" : $"Lanes.Join(Vector256.Load({at[0]}), Vector256.Load({at[2]}))",
        _ when at[0] == at[1] && at[2] == at[3] => $"Lanes.TwiceEach({at[0]}, {at[2]}, {LastHalf})",
        _ => $"Lanes.Join({Pieces([at[0], at[1]], false)}, {Pieces([at[2], at[3]], false)})",
    };

    private static string At(string address, int offset) => offset == 0 ? address : $"{address} + {Int(offset)}";

    // ---- lanes of 32 bits

    private string[] Spread(Spread spread)
    {
        if (width == 512 && spread.Scalars.Length == Lowering.Lanes.Count && spread.Scalars.AsEnumerable().All(s => s is ReduceLanes { Kind: ReduceKind.Sum }))
            return [$"Lanes.Sums({string.Join(", ", spread.Scalars.AsEnumerable().Select(s => Bare(Vector(((ReduceLanes)s).Vector)[0])))})"];
        Expr[] scalars = [.. spread.Scalars.AsEnumerable()];
        int run = Lowering.Lanes.Count / scalars.Length;
        return Parts(p =>
        {
            string[] texts = [.. scalars.Select(s => Bare(Scalar(s)))];
            return Runs([.. Enumerable.Range(p * _lanes, _lanes).Select(l => texts[l / run])]);
        });
    }

    // Where the last half of a vector's lanes are.
    private string LastHalf => ConstantVector(Enumerable.Range(0, _lanes).Select(l => l < _lanes / 2 ? 0 : -1));

    // A hardware vector of scalars, of which neighbours are often the same.
    private string Runs(string[] lanes)
    {
        int half = _lanes / 2;
        return lanes.All(l => l == lanes[0]) ? $"{_vector}.Create({lanes[0]})"
            : width > 128 && lanes.Take(half).All(l => l == lanes[0]) && lanes.Skip(half).All(l => l == lanes[half]) ? $"Lanes.Halves{Int(width)}({lanes[0]}, {lanes[half]}{(HasHotLoops ? $", {LastHalf}" : "")})"
            : $"{_vector}.Create({string.Join(", ", lanes)})";
    }

    private string[] Permute(PermuteLanes permute)
    {
        int[] order = [.. permute.Order.AsEnumerable().Select(o => ((Literal)o).Value.I32)];
        if (width == 512)
            return [$"Avx512F.PermuteVar16x32({Vector(permute.Vector)[0]}, {ConstantVector(order)}.AsInt32())"];
        string stage = Staged(permute.Vector);
        return Parts(p => Runs([.. order.Skip(p * _lanes).Take(_lanes).Select(o => $"{stage}[{Int(o)}]")]));
    }
}
