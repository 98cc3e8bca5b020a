using System.Text;
using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// The text of a program in code form, for readers: one statement a line, ops by their mnemonics, vector types and vector memory accesses marked
/// <c>x16</c>, and the source line wherever it changes as <c>; line</c>.
/// </summary>
public static class CodePrinter
{
    /// <summary>Prints a program.</summary>
    public static string Print(Program program)
    {
        var writer = new Writer();
        Kernel kernel = program.Kernel;
        writer.Line($"program {IrText.Name(kernel.Name)} workgroup {IrText.Int(program.WorkGroup)}");
        foreach (Parameter parameter in kernel.Parameters)
            writer.Line($"param {IrPrinter.Print(parameter)}");
        writer.Line($"grid {List(program.Grid)}");
        foreach (LocalBuffer buffer in program.Buffers)
            writer.Line($"buffer {buffer.Name}: {IrText.Word(buffer.Type)}[{Text(buffer.Size)}]{(buffer.Over is { } other ? $" over {other}" : "")}");
        writer.Block("", program.Body);
        return writer.ToString();
    }

    /// <summary>Prints an expression.</summary>
    public static string Text(Expr expression) => expression switch
    {
        Var variable => variable.Name,
        Literal literal => Number(literal.Value),
        Argument argument => argument.Name,
        ExtentOf extent => $"{extent.View}.extent<{IrText.Int(extent.Axis)}>",
        ProgramIndex program => $"programid<{IrText.Int(program.Axis)}>",
        BeginsRow => "beginsrow",
        ThreadIndex => "threadid",
        GroupSize => "groupsize",
        Broadcast broadcast => $"splat({Text(broadcast.Scalar)})",
        LaneIndex lanes => $"lanes({Text(lanes.First)})",
        ReduceLanes reduce => $"reduce<{IrText.Word(reduce.Kind)}>({Text(reduce.Vector)})",
        PrefixLanes prefix => $"prefix({Text(prefix.Vector)})",
        Apply apply => $"{Code(apply)}({List(apply.Operands.AsEnumerable())})",
        LoadLocal load => $"load{Lanes(load)} {load.Buffer.Name}[{Text(load.Index)}]{Optional("count", load.Count)}",
        LoadView load => Load(load),
        MultiplyAddPairs pairs => $"multiplyaddpairs({Text(pairs.Accumulator)}, {Text(pairs.A)}, {Text(pairs.B)})",
        PackedCodes packed => $"packed({packed.View}[{List(packed.Start.AsEnumerable())}] as {Text(packed.Codes)})",
        Spread spread => $"spread({List(spread.Scalars.AsEnumerable())})",
        DotBytes dot => $"dotbytes({dot.View}[{List(dot.Start.AsEnumerable())}] as {string.Join(", ", dot.Codes.Select(Text))}; "
            + $"{dot.Other.Name}[{Text(dot.Index)}]{(dot.Accumulator is { } start ? $", {Text(start)}" : "")}"
            + $"{(dot.Ahead.Lines > 0 ? $"; prefetch {IrText.Int(dot.Ahead.Lines)} lines after {IrText.Int(dot.Ahead.Distance)}{Further(dot.Ahead.Further)}" : "")})",
        DotFour dot => $"dotfour({Text(dot.Codes)}, {Text(dot.Other)}, {Text(dot.Accumulator)})",
        PermuteBytes permute => $"permutebytes({Text(permute.Low)}, {Text(permute.High)}, {Text(permute.Selector)})",
        PackPair pack => $"pack<{IrText.Word(pack.Raw)}>({Text(pack.Low)}, {Text(pack.High)})",
        IsAligned aligned => $"{aligned.View}.aligned<{IrText.Int(aligned.Bytes)}>",
        _ => throw new ArgumentException($"no expression of this form: {expression}", nameof(expression)),
    };

    /// <summary>Prints bytes; what differs from lane to lane as runs of equal or consecutive numbers.</summary>
    public static string Text(ByteTree tree) => tree switch
    {
        ReadBytes read => $"{(read.IsSigned ? "i8" : "u8")}[{Runs(read.Offsets)}]",
        ConstantBytes constant => Runs(constant.Values),
        ByteTest test => $"test({Text(test.Operand)}, {Runs(test.Masks)}, {Runs(test.Values)})",
        ByteLookup lookup => $"lookup({Text(lookup.Index)})",
        ByteOp op => $"{OpTable.Of(op.Code).Name}({Text(op.A)}, {Text(op.B)})",
        _ => throw new ArgumentException($"no bytes of this form: {tree}", nameof(tree)),
    };

    private static string Runs(int[] lanes)
    {
        var runs = new List<string>();
        for (int i = 0; i < lanes.Length;)
        {
            int step = i + 1 < lanes.Length && lanes[i + 1] == lanes[i] + 1 ? 1 : 0, end = i + 1;
            while (end < lanes.Length && lanes[end] == lanes[end - 1] + step)
                end++;
            string first = IrText.Int(lanes[i]);
            runs.Add(end - i == 1 ? first : step == 0 ? $"{first}*{IrText.Int(end - i)}" : $"{first}..{IrText.Int(lanes[end - 1])}");
            i = end;
        }

        return runs.Count == 1 && lanes.All(l => l == lanes[0]) ? IrText.Int(lanes[0]) : string.Join(" ", runs);
    }

    private static string Text(Matrix matrix) => matrix switch
    {
        ViewMatrix view => $"{view.View}[{List(view.Start.AsEnumerable())}] rows {IrText.Int(view.RowAxis)}",
        BufferMatrix { First: { } first } part => $"{part.Buffer.Name} from {Text(first)} stride {Text(part.RowStride)}",
        _ => $"{((BufferMatrix)matrix).Buffer.Name} stride {Text(((BufferMatrix)matrix).RowStride)}",
    };

    private static string Load(LoadView load) =>
        $"load{Lanes(load)}<{IrText.Word(load.Raw)}{(load.ByteOffset ? ", bytes" : "")}> {load.View}[{List(load.Indices.AsEnumerable())}]"
        + Optional("count", load.Count) + Optional("mask", load.Guard) + Optional("else", load.Other);

    private static string Store(StoreView store) =>
        $"store{Lanes(store.Value)}{(store.Next is null ? "" : "<packed>")} {store.View}[{List(store.Indices.AsEnumerable())}] = {Text(store.Value)}"
        + Optional("count", store.Count) + Optional("mask", store.Guard);

    private static string Code(Apply apply)
    {
        OpInfo info = OpTable.Of(apply.Code);
        return info.Rule == TypeRule.Attribute ? $"{info.Name}<{IrText.Word(apply.Type)}>" : info.Name;
    }

    private static string Number(Number value) => IrText.Literal(value) + value.Type switch
    {
        DType.F32 when !float.IsInfinity(value.F32) && !float.IsNaN(value.F32) => "f",
        DType.U32 => "u",
        _ => "",
    };

    private static string List(IEnumerable<Expr> expressions) => string.Join(", ", expressions.Select(Text));

    private static string Further(int bytes) => bytes == 0 ? "" : $" and {IrText.Int(bytes)} further";

    private static string Optional(string word, Expr? expression) => expression is null ? "" : $" {word} {Text(expression)}";

    private static string Lanes(Expr expression) => expression.IsVector ? "x16" : "";

    private sealed class Writer
    {
        private readonly StringBuilder _text = new();
        private int _indent;
        private int _line;

        public override string ToString() => _text.ToString();

        public void Line(string text, SourceLocation location = default)
        {
            _text.Append(' ', 2 * _indent).Append(text);
            if (location.Line > 0 && location.Line != _line)
            {
                _line = location.Line;
                _text.Append(" ; ").Append(IrText.Int(_line));
            }

            _text.Append('\n');
        }

        public void Block(string header, IEnumerable<Stmt> body, SourceLocation location = default)
        {
            Line(header + "{", location);
            _indent++;
            foreach (Stmt statement in body)
                Statement(statement);
            _indent--;
            Line("}");
        }

        private void Statement(Stmt statement)
        {
            switch (statement)
            {
                case Let let:
                    Var variable = let.Var;
                    Line($"{(let.Mutable ? "var" : "let")} {variable.Name}: {IrText.Word(variable.Type)}{Lanes(variable)} = {Text(let.Value)}", let.Location);
                    break;
                case Assign assign:
                    Line($"{assign.Var.Name} = {Text(assign.Value)}", assign.Location);
                    break;
                case Shuffle shuffle:
                    Line($"let {shuffle.Var.Name}: {IrText.Word(shuffle.Var.Type)} = shuffle<{IrText.Int(shuffle.Mask)}>({Text(shuffle.Value)})", shuffle.Location);
                    break;
                case For loop:
                    Block($"for{(loop.IsLanewise ? "<lanewise>" : "")} {loop.Index.Name} = {Text(loop.From)} to {Text(loop.To)} step {Text(loop.Step)} ", loop.Body, loop.Location);
                    break;
                case While loop:
                    Block("loop ", loop.Head, loop.Location);
                    Block($"while {Text(loop.Condition)} ", loop.Body);
                    break;
                case If branch:
                    Block($"if {Text(branch.Condition)} ", branch.Then, branch.Location);
                    if (branch.Else.Count > 0)
                        Block("else ", branch.Else);
                    break;
                case StoreView store:
                    Line(Store(store), store.Location);
                    break;
                case StoreLocal store:
                    Line($"store{Lanes(store.Value)} {store.Buffer.Name}[{Text(store.Index)}] = {Text(store.Value)}", store.Location);
                    break;
                case Contract product:
                    string form = $"contract{(product.ByColumns ? "<columns>" : "<depth>")}";
                    Line($"{form} {Text(product.Target)} {(product.Accumulates ? "+=" : "=")} {Text(product.A)} by {Text(product.B)} of "
                        + $"[{Text(product.M)}, {Text(product.N)}, {Text(product.K)}]{(product.Streams ? " streaming" : "")}", product.Location);
                    break;
                case CombineRows combine:
                    Line($"combine<{IrText.Word(combine.Kind)}> {combine.Target.Name} = {combine.Source.Name} of [{Text(combine.Rows)}]", combine.Location);
                    break;
                case TransposeMatrix transpose:
                    Line($"transpose {Text(transpose.Target)} = {Text(transpose.Source)} of [{Text(transpose.Rows)}, {Text(transpose.Columns)}]",
                        transpose.Location);
                    break;
                case QuantizeRows quantize:
                    string sums = quantize.Sums is { } held ? $", {held.Name} times {(held.Type == DType.F32 ? "scale" : IrText.Int(-quantize.Bias))}" : "";
                    Line($"quantize {Text(quantize.Codes)}, {Text(quantize.Scales)}{sums} = {Text(quantize.Source)} of [{Text(quantize.Rows)}, {Text(quantize.Length)}] "
                        + $"by {IrText.Int(quantize.Group)} in runs of {IrText.Int(quantize.Run)}", quantize.Location);
                    break;
                case ContractBytes product:
                    Line($"contract<bytes, {IrText.Int(product.Greatest)}> {Text(product.Target)} {(product.Accumulates ? "+=" : "=")} {Text(product.A)} scaled {Text(product.ScalesA)}"
                        + $"{(product.Sums is { } start ? $" from {start.Name}" : "")} by {Text(product.B)} scaled {Text(product.ScalesB)} "
                        + $"of [{Text(product.M)}, {Text(product.N)}, {Text(product.Runs)} x {IrText.Int(product.Run)}]", product.Location);
                    break;
                case Prefetch ahead:
                    Line($"prefetch {ahead.View}[{List(ahead.Indices.AsEnumerable())}] {IrText.Int(ahead.Bytes)} bytes after {IrText.Int(ahead.Distance)}{Further(ahead.Further)}", ahead.Location);
                    break;
                case RoundRow round:
                    Line($"round {round.Target.Name} = {round.Source.Name} from {Text(round.First)} of [{Text(round.Length)}] by {Text(round.Group)}", round.Location);
                    break;
                case LoadMatrices load:
                    Line($"let {string.Join(", ", load.Vars.Select(v => v.Name))} = matrices{(load.IsTransposed ? "<transposed>" : "")} {load.Buffer.Name}[{Text(load.Row)}]", load.Location);
                    break;
                case MultiplyMatrices product:
                    Line($"({List(product.Sums)}) += matrices<{product.Element.ToString().ToLowerInvariant()}>({List(product.A.AsEnumerable())}) by ({List(product.B.AsEnumerable())})", product.Location);
                    break;
                case CopyAsync copy:
                    Line($"copy {copy.Target.Name}[{Text(copy.Index)}] = {copy.View}[{List(copy.Indices.AsEnumerable())}] count {Text(copy.Count)}", copy.Location);
                    break;
                case CommitCopies:
                    Line("commit", statement.Location);
                    break;
                case WaitCopies wait:
                    Line($"wait<{IrText.Int(wait.Remaining)}>", wait.Location);
                    break;
                case MultiplyWarpgroup product:
                    string ends = $"{product.Sums[0].Name}..{product.Sums[product.Sums.Length - 1].Name}";
                    Line($"({ends}) += warpgroup<{product.Element.ToString().ToLowerInvariant()}> {product.Buffer.Name}[{Text(product.A)}] by {product.Buffer.Name}[{Text(product.B)}] of {IrText.Int(2 * product.Sums.Length)} columns", product.Location);
                    break;
                case OrderSums:
                    Line("order sums", statement.Location);
                    break;
                case CommitProducts:
                    Line("commit products", statement.Location);
                    break;
                case WaitProducts wait:
                    Line($"wait products<{IrText.Int(wait.Remaining)}>", wait.Location);
                    break;
                case PublishLocal:
                    Line("publish", statement.Location);
                    break;
                case Barrier:
                    Line("barrier", statement.Location);
                    break;
                default:
                    throw new ArgumentException($"no statement of this form: {statement}", nameof(statement));
            }
        }
    }
}
