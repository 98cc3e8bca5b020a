using System.Globalization;
using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Differentiation;

/// <summary>
/// The adjoint of a functor's method by one of its arguments, as a method of its own that takes the adjoint of the result after the
/// arguments. A derived kernel calls it by name; it is made where the functor is known.
/// </summary>
public static class FunctorAdjoint
{
    private const string Mark = "__Adjoint";

    /// <summary>The name of the adjoint of a method by an argument.</summary>
    public static string NameOf(string method, int argument) => method + Mark + argument.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether a name is that of an adjoint.</summary>
    public static bool IsAdjoint(string method) => method.Contains(Mark);

    /// <summary>The adjoint a name asks for, or null where it is none or of no such method.</summary>
    /// <exception cref="IrException">The method cannot be differentiated.</exception>
    public static Function? Find(IEnumerable<Function> methods, string name)
    {
        int mark = name.IndexOf(Mark, StringComparison.Ordinal);
        return mark >= 0 && methods.FirstOrDefault(m => m.Name == name.Substring(0, mark)) is { } method
            ? Derive(method, int.Parse(name.Substring(mark + Mark.Length), CultureInfo.InvariantCulture))
            : null;
    }

    /// <summary>Derives the adjoint of a method of one float result by an argument.</summary>
    /// <exception cref="IrException">The method cannot be differentiated.</exception>
    public static Function Derive(Function method, int argument)
    {
        var body = new Block();
        var builder = new Builder(body);
        var rules = new AdjointBuilder(builder);
        var values = new Dictionary<Value, Value>();
        foreach (Value parameter in method.Body.Arguments)
            body.Arguments.Add(values[parameter] = new Value(parameter.Type, parameter.Name));
        var gradient = new Value(Ir.ValueType.Scalar(DType.F32), "dy");
        body.Arguments.Add(gradient);
        Op[] ops = [.. method.Body.Ops.Where(o => o.Code != OpCode.Return)];
        var active = new HashSet<Value> { method.Body.Arguments[argument] };
        foreach (Op op in ops)
        {
            if (op.Regions.Length > 0)
                throw new IrException($"'{method.Name}' branches; choose with Where", op.Location);
            builder.Location = op.Location;
            Value[] operands = [.. op.Operands.Select(o => values[o])];
            Value copy = op.Code switch
            {
                OpCode.Load => builder.Load(op.Code, op.Attr<MemoryAccess>(), op.Result.Type.DType, operands),
                OpCode.Field => builder.Field(op.Attr<string>(), op.Result.Type.DType),
                _ => builder.Emit(op.Code, op.Attribute, operands),
            };
            copy.Name ??= op.Result.Name;
            values[op.Result] = copy;
            if (op.Operands.Any(active.Contains) && op.Result.Type.DType == DType.F32)
                active.Add(op.Result);
        }

        var adjoints = new Dictionary<Value, Value> { [method.Body.Terminator.Operands[0]] = gradient };
        foreach (Op op in ops.AsEnumerable().Reverse().Where(o => active.Contains(o.Result) && adjoints.ContainsKey(o.Result)))
        {
            Value?[] gained = AdjointRules.Of(op)(rules, op, [.. op.Operands.Select(o => values[o])], values[op.Result], adjoints[op.Result]);
            for (int i = 0; i < gained.Length; i++)
            {
                if (gained[i] is { } adjoint && active.Contains(op.Operands[i]))
                    adjoints[op.Operands[i]] = adjoints.TryGetValue(op.Operands[i], out Value? sum) ? rules.Add(sum, adjoint) : adjoint;
            }
        }

        Value result = adjoints.TryGetValue(method.Body.Arguments[argument], out Value? total) ? total : rules.Mul(gradient, rules.Constant(0f));
        Passes.DeadCode.Keep(body, result);
        body.Ops.Add(new Op(OpCode.Return, [result]));
        return new Function(NameOf(method.Name, argument), body);
    }
}
