using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets;

/// <content>Bytes: the lanes of quantized data, four to a lane of 32 bits.</content>
internal partial class VectorWriter
{
    // Two products of an unsigned and a signed byte add up within 16 bits: 2 * 129 * 127 <= 32767.
    private const int GreatestOfPairs = 129;

    // Of vectors of 256 bits there are sixteen registers. The JIT would keep the bytes that a block's runs share in all of them, and everything else in memory, so that
    // formats with bits apart were half as fast: each run reads its bytes again.
    private const int FewRegisters = 256;

    private int _dots;

    // Of the innermost loop.
    private int _dotsOfLoop;

    private int BytesOfPart => width / 8;

    protected override void WriteQuantizeRows(QuantizeRows quantize)
    {
        string sums = quantize.Sums is { } held ? $", {AddressOf(held, quantize.Scales)}{(held.Type == DType.I32 ? $", {Int(quantize.Bias)}" : "")}" : "";
        Line($"Lanes.QuantizeRows({MatrixText(quantize.Source)}, {Bare(Scalar(quantize.Rows))}, {Bare(Scalar(quantize.Length))}, {Int(quantize.Group)}, {Int(quantize.Run)}, "
            + $"{MatrixText(quantize.Codes)}, {MatrixText(quantize.Scales)}{sums});");
    }

    protected override void WriteContractBytes(ContractBytes product)
    {
        string sums = product.Sums is { } held ? AddressOf(held, product.ScalesA) : "null", accumulates = product.Accumulates ? "true" : "false";
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
        string address = BytesOf(dot.View, dot.Start);
        string[]? accumulator = dot.Accumulator is null ? null : Vector(dot.Accumulator);
        string other = $"dot{Int(_dots++)}";
        Line($"int* {other} = {Address(dot.Other.Name, Bare(Scalar(dot.Index)))};");
        if (width == FewRegisters && _dotsOfLoop++ > 0)
            Line($"Lanes.Forget({other});");
        string[] others = [.. dot.Codes.Select((_, step) => $"{other}[{Int(step)}]")];
        int steps = _parts * dot.Codes.Length, taken = 0, asked = 0;
        return Parts(p =>
        {
            string[] codes = [.. dot.Codes.Select(tree => Bare(Bytes(tree, address, p)))];
            string sum = dot.Greatest > GreatestOfPairs ? Wide(codes, others, Ask) : Narrow(codes, others, Ask, (short.MaxValue / (2 * 127 * Math.Max(1, dot.Greatest))));
            return accumulator is null ? sum : $"({accumulator[p]} + {sum})";
        });

        void Ask()
        {
            for (taken++; asked < dot.Ahead.Lines * taken / steps; asked++)
                WriteRequest(address, dot.Ahead.Distance + (asked * Prefetch.Line), dot.Ahead.Further);
        }
    }

    // The first byte of lanes, four a lane.
    private string BytesOf(string view, Exprs start) => Address(Place(view, start, Scalar, true)) + (_inLaneLoop ? $" + 4 * {LaneLoop}" : "");

    // Products are added up in 16 bits for as many steps as fit, then in 32.
    private string Narrow(string[] codes, string[] others, Action taken, int together)
    {
        string ones = width == 512 ? $", {ConstantVector(Enumerable.Repeat(0x10001, _lanes))}.AsInt16()" : "", name = "";
        var sums = new List<string>();
        for (int step = 0; step < codes.Length; step++)
        {
            string products = $"Lanes.Products({codes[step]}, {_vector}.Create({others[step]}).AsSByte())";
            if (step % together > 0)
            {
                Line($"{name} += {products};");
            }
            else
            {
                name = $"dot{Int(_dots++)}";
                Line($"{_vector}<short> {name} = {products};");
                sums.Add($"Lanes.Pairs({name}{ones})");
            }

            taken();
        }

        return sums.Count == 1 ? sums[0] : $"({string.Join(" + ", sums)})";
    }

    // Four products at once in 32 bits, which processors that have it do for 256 bits.
    private string Wide(string[] codes, string[] others, Action taken)
    {
        string name = $"dot{Int(_dots++)}";
        bool halves = width == 512;
        string vector = halves ? "Vector256" : _vector;
        Line($"{vector}<int> {name} = {vector}<int>.Zero{(halves ? $", {name}__1 = {vector}<int>.Zero" : "")};");
        for (int step = 0; step < codes.Length; step++)
        {
            string other = $"{vector}.Create({others[step]}).AsSByte()";
            if (!halves)
            {
                Line($"{name} = Lanes.DotWide({name}, {codes[step]}, {other});");
                taken();
                continue;
            }

            string bytes = $"{name}__{Int(step + 2)}";
            Line($"{_vector}<byte> {bytes} = {codes[step]};");
            Line($"{vector}<sbyte> {bytes}x = {other};");
            Line($"{name} = Lanes.DotWide({name}, {bytes}.GetLower(), {bytes}x);");
            Line($"{name}__1 = Lanes.DotWide({name}__1, {bytes}.GetUpper(), {bytes}x);");
            taken();
        }

        return halves ? $"Lanes.Join({name}, {name}__1)" : name;
    }

    private string[] Packed(PackedCodes packed)
    {
        string address = BytesOf(packed.View, packed.Start);
        return Parts(p => $"{Bytes(packed.Codes, address, p)}.AsInt32()");
    }

    private string Bytes(ByteTree tree, string address, int part) =>
        BitField.From(tree) is var field && !ReferenceEquals(field.Of, tree) ? Field(field, Bytes(field.Of, address, part)) : Op(tree, address, part);

    // There are no shifts of bytes. Lanes of 16 bits serve where all shift alike: what they shift in from a neighbour is masked away.
    private string Field(BitField field, string bytes)
    {
        byte mask = (byte)field.Mask;
        if (field.Shift != 0 && width == 512)
            return $"Lanes.Field({bytes}, {Int(field.Shift)}, {InPlace(Repeated([mask]))}, {ConstantVector(Repeated(field.Matrix))})";
        string shifted = field.Shift == 0 ? bytes : $"({bytes}.AsUInt16() {(field.Shift < 0 ? "<<" : ">>")} {Int(Math.Abs(field.Shift))}).AsByte()";
        return $"({shifted} & {ConstantVector(Repeated([mask]))})";
    }

    private byte[] Repeated(byte[] pattern) => [.. Enumerable.Range(0, BytesOfPart).Select(l => pattern[l % pattern.Length])];

    private string Op(ByteTree tree, string address, int part)
    {
        switch (tree)
        {
            case ReadBytes read:
                return Read(read, address, part);
            case ConstantBytes constant:
                return Constant(constant.Values, part);
            case ByteLookup lookup:
                byte[] table = [.. Enumerable.Range(0, LookupTable.Count).Select(i => unchecked((byte)lookup.Table[i]))];
                var index = new ByteOp(OpCode.And, lookup.Index, new ConstantBytes([.. Enumerable.Repeat(LookupTable.Count - 1, ByteTree.Lanes)]));
                return width == 512 && BitField.From(index) is { Shift: 0, Mask: LookupTable.Count - 1 } lower
                    ? $"Lanes.Lookup({ConstantVector(Repeated(table))}, {Bytes(lower.Of, address, part)}, {InPlace(Repeated([LookupTable.Count - 1]))})"
                    : $"Lanes.Shuffle({ConstantVector(Repeated(table))}, {Bytes(index, address, part)})";
            case ByteTest test:
                return $"{_vector}.AndNot({Constant(test.Values, part)}, {_vector}.Equals({Bytes(test.Operand, address, part)} & {Constant(test.Masks, part)}, {_vector}<byte>.Zero))";
            case ByteOp { Code: OpCode.Or, B: ByteTest test } op when width == 512 && ReferenceEquals(BitField.From(test).Of, test):
                string others = Bytes(op.A, address, part), bits = $"({Bytes(test.Operand, address, part)} & {Constant(test.Masks, part)})";
                return test.Masks.All(BitField.IsBit) && BitField.Same(test.Values) is { } value && BitField.IsBit(value)
                    ? $"({others} | Lanes.Where({bits}, {InPlace(Repeated([(byte)value]))}, {ConstantVector(Repeated(BitField.MatrixOfAny(value)))}))"
                    : $"Lanes.OrWhere({others}, {Constant(test.Values, part)}, {bits})";
            case ByteOp { Code: OpCode.Shr or OpCode.Shl } shift:
                return $"Lanes.Shift{(shift.Code == OpCode.Shl ? "Left" : "Right")}LogicalBytes({Bytes(shift.A, address, part)}, {Constant(((ConstantBytes)shift.B).Values, part)})";
            case ByteOp op:
                return FromTable(op.Code, DType.I32, [Bytes(op.A, address, part), Bytes(op.B, address, part)]);
            default:
                throw new NotSupportedException($"{tree} is no tree of bytes");
        }
    }

    private IEnumerable<int> Slice(int[] lanes, int part) => lanes.Skip(part * BytesOfPart).Take(BytesOfPart);

    private string Constant(int[] lanes, int part) => Constant(Slice(lanes, part));

    private string Constant(IEnumerable<int> lanes) => ConstantVector([.. lanes.Select(v => unchecked((byte)v))]);

    // One load; where bytes repeat or are out of order they are shuffled.
    private string Read(ReadBytes read, string address, int part)
    {
        string bytes = $"{_vector}.Load({At(address, read.First + (part * BytesOfPart))})";
        return read.IsRun ? bytes : $"Lanes.Shuffle({bytes}, {Constant([.. read.Offsets.Select((offset, lane) => offset - read.First - (lane / ByteTree.Window * ByteTree.Window))], part)})";
    }

    private static string At(string address, int offset) => offset == 0 ? address : $"{address} + {Int(offset)}";

    // ---- lanes of 32 bits

    private string[] Spread(Spread spread)
    {
        Expr[] scalars = [.. spread.Scalars.AsEnumerable()];
        int run = Lowering.Lanes.Count / scalars.Length;
        return Parts(p =>
        {
            string[] texts = [.. scalars.Select(s => Bare(Scalar(s)))];
            return $"{_vector}.Create({string.Join(", ", Enumerable.Range(p * _lanes, _lanes).Select(l => texts[l / run]))})";
        });
    }
}
