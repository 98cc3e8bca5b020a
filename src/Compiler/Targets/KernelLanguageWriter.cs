using System.Globalization;
using System.Text;
using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Targets;

/// <summary>
/// Writes tile IR as the C# of the kernel language: the managed body of a derived kernel, which is its definition and its documentation.
/// Reading it gives the IR again.
/// </summary>
public sealed class KernelLanguageWriter
{
    private static readonly Dictionary<OpCode, string> Operators = new()
    {
        [OpCode.Add] = "+", [OpCode.Sub] = "-", [OpCode.Mul] = "*", [OpCode.Div] = "/", [OpCode.Rem] = "%", [OpCode.And] = "&", [OpCode.Or] = "|", [OpCode.Xor] = "^",
        [OpCode.Shl] = "<<", [OpCode.Shr] = ">>", [OpCode.Eq] = "==", [OpCode.Ne] = "!=", [OpCode.Lt] = "<", [OpCode.Le] = "<=", [OpCode.Gt] = ">", [OpCode.Ge] = ">=",
    };

    private readonly StringBuilder _text = new();
    private readonly Dictionary<Value, string> _names = [];
    private readonly Dictionary<Value, int> _uses = [];
    private readonly HashSet<string> _taken;
    private readonly Kernel? _kernel;
    private string _indent = "    ";

    private KernelLanguageWriter(Kernel? kernel, IEnumerable<string> taken)
    {
        _kernel = kernel;
        _taken = [.. taken];
    }

    /// <summary>The statements of a kernel's body, indented once.</summary>
    /// <exception cref="IrException">An op is not one of those that gradients are made of.</exception>
    public static string Body(Kernel kernel)
    {
        var writer = new KernelLanguageWriter(kernel, kernel.Parameters.Select(p => p.Name));
        writer.Count(kernel.Body);
        writer.Write(kernel.Body);
        return writer._text.ToString();
    }

    /// <summary>A whole method.</summary>
    /// <exception cref="IrException">An op is not one of those that gradients are made of.</exception>
    public static string Method(Kernel kernel)
    {
        string types = kernel.TypeParameters.Count == 0 ? "" : $"<{string.Join(", ", kernel.TypeParameters.Select(t => t.Name))}>";
        IEnumerable<string> parameters = kernel.Parameters.Select(p => p.Kind switch
        {
            ParameterKind.View => $"View{p.Rank}<{p.Element.Name}> {Escaped(p.Name)}",
            ParameterKind.Functor => $"{p.TypeParameter} {Escaped(p.Name)}",
            _ => $"{TypeName(p.DType)} {Escaped(p.Name)}",
        });
        string name = kernel.Name.Substring(kernel.Name.LastIndexOf('.') + 1);
        return $"public static void {name}{types}({string.Join(", ", parameters)})\n{{\n{Body(kernel)}}}\n";
    }

    /// <summary>The statements of a functor's method over tiles, of "self" and the array "x" of its arguments.</summary>
    /// <exception cref="IrException">An op is not one of those that gradients are made of.</exception>
    public static string Body(Function function)
    {
        var writer = new KernelLanguageWriter(null, ["self", "x"]) { _indent = "                " };
        writer.Count(function.Body);
        for (int i = 0; i < function.Body.Arguments.Count; i++)
            writer._names[function.Body.Arguments[i]] = $"x[{i.ToString(CultureInfo.InvariantCulture)}]";
        writer.Write(function.Body);
        writer.Line($"return {Unwrapped(writer.Text(function.Body.Terminator.Operands[0]))};");
        return writer._text.ToString();
    }

    private void Count(Block block)
    {
        foreach (Op op in block.Ops)
        {
            foreach (Value operand in op.Operands)
                _uses[operand] = (_uses.TryGetValue(operand, out int uses) ? uses : 0) + 1;
            foreach (Block region in op.Regions)
                Count(region);
        }
    }

    private void Write(Block block)
    {
        for (int i = 0; i < block.Ops.Count; i++)
        {
            Op op = block.Ops[i];
            switch (op.Code)
            {
                case OpCode.Return or OpCode.Yield:
                    break;
                case OpCode.Store:
                    Line($"{op.Attr<MemoryAccess>().View}.Store({Arguments(op)});");
                    break;
                case OpCode.For:
                    For(op);
                    break;
                default:
                    if (!IsInline(op, block, i))
                        Declare(op);
                    break;
            }
        }
    }

    private void For(Op loop)
    {
        Block body = loop.Regions[0];
        Value[] carried = [.. body.Arguments.Skip(1)];
        for (int i = 0; i < carried.Length; i++)
        {
            string name = Name(carried[i], carried[i].Name ?? "sum");
            _names[loop.Results[i]] = name;
            Line($"var {name} = {Text(loop.Operands[i + 3])};");
        }

        string index = Name(body.Arguments[0], body.Arguments[0].Name ?? "i");
        string step = IsConstant(loop.Operands[2], 1) ? $"{index}++" : $"{index} += {Text(loop.Operands[2])}";
        Line($"for (int {index} = {Text(loop.Operands[0])}; {index} < {Text(loop.Operands[1])}; {step})");
        Line("{");
        _indent += "    ";
        Write(body);
        for (int i = 0; i < carried.Length; i++)
            Line($"{_names[carried[i]]} = {Text(body.Terminator.Operands[i])};");
        _indent = _indent.Substring(4);
        Line("}");
        _text.Append('\n');
    }

    // What is used once is written where it is used, a load only if nothing is stored in between.
    private bool IsInline(Op op, Block block, int at)
    {
        if (op.Code is OpCode.Const or OpCode.Param or OpCode.ViewExtent)
            return true;
        if (op.Result.Name is not null || op.Code == OpCode.ProgramId || !_uses.TryGetValue(op.Result, out int uses) || uses != 1)
            return false;
        if (op.Code != OpCode.Load)
            return true;
        for (int i = at + 1; i < block.Ops.Count; i++)
        {
            if (block.Ops[i].Code is OpCode.Store or OpCode.For)
                return Reaches(block.Ops[i], op.Result) && block.Ops[i].Code == OpCode.Store;
        }

        return true;
    }

    private static bool Reaches(Op op, Value value) => op.Operands.Any(o => o == value || (o.Definition is { } definition && Reaches(definition, value)));

    private void Declare(Op op)
    {
        string expression = Expression(op);
        string type = op.Result.Type.IsScalar && _kernel is not null ? TypeName(op.Result.Type.DType) : "var";
        Line($"{type} {Name(op.Result, op.Result.Name ?? "t")} = {Unwrapped(expression)};");
    }

    private string Name(Value value, string wanted)
    {
        string name = wanted;
        for (int i = 2; !_taken.Add(name); i++)
            name = wanted + i.ToString(CultureInfo.InvariantCulture);
        return _names[value] = name;
    }

    private string Text(Value value) => _names.TryGetValue(value, out string? name) ? Escaped(name) : Expression(value.Definition!);

    private string Arguments(Op op)
    {
        MemoryAccess access = op.Attr<MemoryAccess>();
        string[] operands = [.. op.Operands.Select(o => Unwrapped(Text(o)))];
        if (!access.Masked)
            return string.Join(", ", operands);
        int last = operands.Length - 1;
        return op.Code == OpCode.Store
            ? $"{string.Join(", ", operands.Take(last))}, mask: {operands[last]}"
            : $"{string.Join(", ", operands.Take(last - 1))}, mask: {operands[last - 1]}, other: {operands[last]}";
    }

    private string Expression(Op op)
    {
        string[] x = [.. op.Code is OpCode.Load or OpCode.ViewExtent ? [] : op.Operands.Select(Text)];
        if (Operators.TryGetValue(op.Code, out string? symbol))
            return $"({x[0]} {symbol} {x[1]})";
        string call = string.Join(", ", x.Select(Unwrapped));
        switch (op.Code)
        {
            case OpCode.Const:
                return Literal(op.Attr<Number>());
            case OpCode.Param:
                return Escaped(op.Attr<string>());
            case OpCode.ViewExtent:
                return $"{Escaped(op.Attr<MemoryAccess>().View)}.Extent{op.Attr<MemoryAccess>().Axis}";
            case OpCode.ProgramId:
                return $"ProgramId({op.Attr<int>()}, {call})";
            case OpCode.Neg:
                return $"(-{x[0]})";
            case OpCode.Not:
                return op.Result.Type.DType == DType.Bool ? $"(!{x[0]})" : $"(~{x[0]})";
            case OpCode.Select:
                return op.Operands[0].Type.IsScalar && op.Result.Type.IsScalar && _kernel is not null ? $"({x[0]} ? {x[1]} : {x[2]})" : $"Where({call})";
            case OpCode.Convert:
                return Convert(op, x[0]);
            case OpCode.Field:
                return $"self.{Escaped(op.Attr<string>())}";
            case OpCode.Call:
                return Call(op.Attr<FunctorCall>(), call);
            case OpCode.Splat:
                return $"{(op.Result.Type.DType == DType.I32 ? "FullInt" : "Full")}({Unwrapped(x[0])}, {string.Join(", ", x.Skip(1).Select(e => $"Range(0, {Unwrapped(e)})"))})";
            case OpCode.Expand:
                return $"{(op.Attr<int>() == 0 ? "Row" : "Col")}({call})";
            case OpCode.Reduce:
                Reduction reduction = op.Attr<Reduction>();
                return $"{reduction.Kind}({call}{(reduction.Axis < 0 ? "" : $", axis: {reduction.Axis}")})";
            case OpCode.Dot when op.Operands[0].Type.Rank == 1:
                return $"Inner({call})";
            case OpCode.Load when op.Attr<MemoryAccess>().Part == LoadPart.Value:
                return $"{Escaped(op.Attr<MemoryAccess>().View)}.{(op.Result.Type.DType == DType.I32 ? "LoadInt" : "Load")}({Arguments(op)})";
            case OpCode.Exp or OpCode.Log or OpCode.Sqrt or OpCode.Rsqrt or OpCode.Tanh or OpCode.Erf or OpCode.Sin or OpCode.Cos or OpCode.Sigmoid or OpCode.Floor or OpCode.Round
                or OpCode.Abs or OpCode.Min or OpCode.Max or OpCode.Fma or OpCode.Range or OpCode.Transpose or OpCode.Dot or OpCode.Gather:
                return $"{op.Code}({call})";
            default:
                throw new IrException($"'{op.Code}' cannot be written in the kernel language here", op.Location);
        }
    }

    private static string Call(FunctorCall call, string arguments)
    {
        string self = call.Self.Length > 0 ? Escaped(call.Self) : "default";
        return Differentiation.FunctorAdjoint.IsAdjoint(call.Method)
            ? $"FunctorRegistry<{call.TypeParameter}>.Adjoint(\"{call.Method}\", {self}, {arguments})"
            : $"{call.TypeParameter}.{call.Method}({self}, {arguments})";
    }

    private static string Convert(Op op, string x) => (op.Operands[0].Type.IsScalar, op.Result.Type.DType) switch
    {
        (true, DType.F32) => $"(float){x}",
        (true, DType.I32) => $"(int){x}",
        (false, DType.F32) => $"{x}.ToFloat()",
        (false, DType.I32) => $"{x}.ToInt()",
        _ => throw new IrException($"a conversion to {op.Result.Type.DType} cannot be written in the kernel language here", op.Location),
    };

    private static string Literal(Number number) => number.Type switch
    {
        DType.F32 when float.IsNaN(number.F32) => "float.NaN",
        DType.F32 when float.IsPositiveInfinity(number.F32) => "float.PositiveInfinity",
        DType.F32 when float.IsNegativeInfinity(number.F32) => "float.NegativeInfinity",
        DType.F32 when number.F32 < 0 || number.Bits == int.MinValue => $"({number})",
        DType.I32 when number.I32 < 0 => $"({number})",
        _ => number.ToString(),
    };

    private static string TypeName(DType type) => type switch
    {
        DType.F32 => "float",
        DType.I32 => "int",
        DType.U32 => "uint",
        _ => "bool",
    };

    private static bool IsConstant(Value value, int constant) => value.Definition is { Code: OpCode.Const } c && c.Attr<Number>() == Number.Of(constant);

    // An operation is in brackets, which nothing around it makes needless but a comma or the end.
    private static string Unwrapped(string expression)
    {
        if (expression.Length < 2 || expression[0] != '(' || expression[expression.Length - 1] != ')')
            return expression;
        int depth = 0;
        for (int i = 0; i < expression.Length - 1; i++)
        {
            depth += expression[i] == '(' ? 1 : expression[i] == ')' ? -1 : 0;
            if (depth == 0)
                return expression;
        }

        return expression.Substring(1, expression.Length - 2);
    }

    private static string Escaped(string name) => name is "lock" or "base" or "in" or "out" or "ref" or "params" or "this" or "event" or "object" ? "@" + name : name;

    private void Line(string line) => _text.Append(_indent).Append(line).Append('\n');
}
