using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace KernelFoundry.Generators.FrontEnd;

// Loads and stores. One 1-D index makes a 1-D access; two make an outer one, the first down, the second across; 2-D indices are pointwise.
internal sealed partial class BodyReader
{
    private static readonly ElementKind[] Integers = [ElementKind.I32, ElementKind.I8, ElementKind.U8];

    private static readonly Dictionary<string, (LoadPart Part, DType Type, ElementKind[] Lacking)> Loads = new()
    {
        ["Load"] = (LoadPart.Value, DType.F32, []),
        ["LoadInt"] = (LoadPart.Value, DType.I32, [ElementKind.F32, ElementKind.F16, ElementKind.BF16, ElementKind.Quantized]),
        ["LoadCode"] = (LoadPart.Code, DType.I8, [ElementKind.F32, ElementKind.F16, ElementKind.BF16, ElementKind.I32, ElementKind.U8]),
        ["LoadScale"] = (LoadPart.Scale, DType.F32, [ElementKind.F32, ElementKind.F16, ElementKind.BF16, .. Integers]),
        ["LoadOffset"] = (LoadPart.Offset, DType.F32, [ElementKind.F32, ElementKind.F16, ElementKind.BF16, .. Integers]),
    };

    private static readonly Dictionary<string, ElementKind[]> Stores = new()
    {
        ["Store"] = [ElementKind.Quantized, .. Integers],
        ["StoreInt"] = [ElementKind.F32, ElementKind.F16, ElementKind.BF16, ElementKind.Quantized],
    };

    private static readonly Dictionary<string, (RawType Raw, DType Type)> Accessors = new()
    {
        ["Byte"] = (RawType.U8, DType.I32),
        ["SByte"] = (RawType.I8, DType.I32),
        ["UInt16"] = (RawType.U16, DType.I32),
        ["Int16"] = (RawType.I16, DType.I32),
        ["Int32"] = (RawType.I32, DType.I32),
        ["Half"] = (RawType.F16, DType.F32),
        ["BFloat16"] = (RawType.BF16, DType.F32),
        ["Float"] = (RawType.F32, DType.F32),
    };

    private Term Memory(IInvocationOperation call)
    {
        string name = call.TargetMethod.Name;
        if (call.Instance is null || (!Loads.ContainsKey(name) && !Stores.ContainsKey(name)))
            throw Unsupported.Call(call, Here, _compilation);
        if (Evaluate(call.Instance) is not ViewTerm view)
            throw Mistakes.Silent();
        var arguments = new Arguments(this, call);
        return Loads.TryGetValue(name, out var load)
            ? new ValueTerm(Load(view, arguments, load.Part, load.Type, load.Lacking))
            : Store(view, arguments, Stores[name]);
    }

    private Value Load(ViewTerm view, Arguments arguments, LoadPart part, DType type, ElementKind[] lacking)
    {
        RequireElement(view, arguments, lacking);
        Value? mask = Mask(arguments);
        Value[] operands = Indices(view, arguments, mask is not null);
        if (mask is not null)
        {
            Value other = arguments.Find("other") is { } given ? Value(given) : _builder.Constant(Number.OfBits(type, 0));
            operands = [.. operands, mask, other];
        }

        RequireOneShape(operands);
        return _builder.Load(OpCode.Load, new MemoryAccess(view.Name, Part: part, Masked: mask is not null), type, operands);
    }

    private VoidTerm Store(ViewTerm view, Arguments arguments, ElementKind[] lacking)
    {
        RequireKernel("Storing");
        RequireElement(view, arguments, lacking);
        Value? mask = Mask(arguments);
        Value[] indices = Indices(view, arguments, mask is not null);
        IOperation given = arguments.Find("value") ?? throw Mistakes.Silent();
        Value value = Value(given);
        Value[] operands = mask is null ? [.. indices, value] : [.. indices, value, mask];
        RequireOneShape(operands);
        Extent[] target = TypeRules.Broadcast(indices.Select(i => i.Type), _builder.Location),
            whole = TypeRules.Broadcast(operands.Select(o => o.Type), _builder.Location);
        if (!target.SequenceEqual(whole))
        {
            throw Mistakes.Error(Rules.ViewUse, given.Syntax.GetLocation(),
                $"Storing {Shapes.Describe(value.Type)} where the indices of '{view.Name}' name {Count(target)}",
                "index every axis the value has with a range");
        }

        _builder.Store(new MemoryAccess(view.Name, Masked: mask is not null), operands);
        return new VoidTerm();
    }

    private static string Count(Extent[] shape) => shape.Length == 0
        ? "one element"
        : $"[{string.Join(", ", shape.Select(Shapes.Describe))}] elements";

    private Value? Mask(Arguments arguments) => arguments.Find("mask") is { } mask ? Value(mask) : null;

    private void RequireOneShape(Value[] operands)
    {
        if (Shapes.FirstMismatch(operands.Select(o => o.Type)) is { } mismatch)
            throw Mistakes.Error(Rules.Shape, Here, mismatch);
    }

    private void RequireElement(ViewTerm view, Arguments arguments, ElementKind[] lacking)
    {
        if (lacking.Contains(view.Element.Kind))
        {
            throw Mistakes.Error(Rules.ViewUse, Here, $"'{arguments.Name}' of a view of {view.Element.Name}", arguments.Name switch
            {
                "LoadInt" or "StoreInt" => "use Load and Store for float, Half and BFloat16",
                "LoadCode" => "codes are those of quantized formats and sbyte views",
                "LoadScale" or "LoadOffset" => "scales and offsets are those of quantized formats",
                _ when Integers.Contains(view.Element.Kind) => "use StoreInt for int, sbyte and byte",
                _ => "quantize into a byte view, or store float, Half or BFloat16",
            });
        }
    }

    private Value[] Indices(ViewTerm view, Arguments arguments, bool isMasked)
    {
        IOperation[] given = [.. arguments.All.Where(a => a.Parameter!.Name is not ("mask" or "other" or "value")).Select(a => a.Value)];
        Value[] indices = [.. given.Select(Value)];
        for (int i = 0; i < indices.Length && !isMasked; i++)
        {
            if (_ranges.MissingEnd(indices[i], view.Name) is { } missing)
                _mistakes.Add(missing);
        }

        int[] lines = [.. Enumerable.Range(0, indices.Length).Where(i => indices[i].Type.Rank == 1)];
        bool isPointwise = indices.Any(i => i.Type.Rank == 2);
        if (lines.Length > 2)
        {
            throw Mistakes.Error(Rules.ViewUse, Here, $"An access of '{view.Name}' with {lines.Length} ranges",
                "index at most two axes with tiles and loop over the others");
        }

        if (isPointwise && lines.Length > 0)
        {
            throw Mistakes.Error(Rules.ViewUse, given[lines[0]].Syntax.GetLocation(),
                $"An index of one axis beside one of two axes of '{view.Name}'",
                "turn it into a column with Col or a row with Row");
        }

        if (lines.Length == 2)
        {
            indices[lines[0]] = _builder.Emit(OpCode.Expand, 1, indices[lines[0]]);
            indices[lines[1]] = _builder.Emit(OpCode.Expand, 0, indices[lines[1]]);
        }

        return indices;
    }

    private Value Byte(IInvocationOperation call)
    {
        if (!Accessors.TryGetValue(call.TargetMethod.Name, out (RawType Raw, DType Type) accessor))
            throw Unsupported.Call(call, Here, _compilation);
        return _builder.Load(OpCode.RawLoad, new MemoryAccess("block", Raw: accessor.Raw), accessor.Type, Value(call.Arguments[0].Value));
    }
}
