using static KernelFoundry.Compiler.Ir.IrVerifier;

namespace KernelFoundry.Compiler.Ir;

/// <summary>The rules of a single op without regions: operands, attribute, result type, and the names it uses.</summary>
internal sealed class OpRules(IrContext context)
{
    public void Check(Op op)
    {
        Arity(op);
        Require(op.Results.Length == (op.Code == OpCode.Store ? 0 : 1), $"{op.Code} has {op.Results.Length} results", op.Location);
        Require(op.Regions.Length == 0, $"{op.Code} has regions", op.Location);
        Require(AttributeFits(op), $"{op.Code} has the attribute {op.Attribute ?? "none"}", op.Location);
        switch (op.Code)
        {
            case OpCode.Param or OpCode.Field:
                Scalar(op);
                break;
            case OpCode.Call:
                Call(op);
                break;
            case OpCode.ProgramId:
                Require(op.Operands[0].Type.SameAs(ValueType.Scalar(DType.I32)), "the number of programs is a scalar i32", op.Location);
                Require(
                    IsLaunchUniform(op.Operands[0]),
                    "the number of programs depends on more than parameters, extents and constants",
                    op.Location);
                Infer(op);
                break;
            case OpCode.ViewExtent:
                MemoryAccess access = op.Attr<MemoryAccess>();
                int rank = View(op).Rank;
                Require(access.Axis >= 0 && access.Axis < rank, $"{access.View} has {rank} axes and no axis {access.Axis}", op.Location);
                Infer(op);
                break;
            case OpCode.BlockSize:
                View(op);
                Infer(op);
                break;
            case OpCode.Load or OpCode.RawLoad:
                Load(op);
                break;
            case OpCode.Store:
                Store(op);
                break;
            default:
                Operands(op);
                Infer(op);
                break;
        }
    }

    /// <summary>Whether a value is known when the kernel is launched.</summary>
    private static bool IsLaunchUniform(Value value) => value.Definition is { } op
        && (op.Code is OpCode.Const or OpCode.Param or OpCode.ViewExtent || (op.Info.IsElementwise && op.Operands.All(IsLaunchUniform)));

    private static void Arity(Op op)
    {
        (int low, int high) = op.Code switch
        {
            OpCode.Dot => (2, 3),
            OpCode.Splat => (2, 3),
            _ when op.Info.Arity < 0 => (0, int.MaxValue),
            _ => (op.Info.Arity, op.Info.Arity),
        };
        Require(op.Operands.Length >= low && op.Operands.Length <= high, $"{op.Code} has {op.Operands.Length} operands", op.Location);
    }

    private static bool AttributeFits(Op op) => op.Code switch
    {
        OpCode.Const => op.Attribute is Number,
        OpCode.Param or OpCode.Field => op.Attribute is string,
        OpCode.ProgramId => op.Attribute is int,
        OpCode.Expand => op.Attribute is 0 or 1,
        OpCode.Convert or OpCode.Bitcast => op.Attribute is DType,
        OpCode.Lookup => op.Attribute is LookupTable,
        OpCode.Reduce => op.Attribute is Reduction { Axis: >= -1 and <= 1 },
        OpCode.ArgReduce => op.Attribute is Reduction { Kind: ReduceKind.Max or ReduceKind.Min },
        OpCode.Scan => op.Attribute is Reduction,
        OpCode.Call => op.Attribute is FunctorCall,
        OpCode.ViewExtent or OpCode.BlockSize or OpCode.Load or OpCode.RawLoad or OpCode.Store => op.Attribute is MemoryAccess,
        _ => op.Attribute is null,
    };

    // What inference takes for granted.
    private static void Operands(Op op)
    {
        bool IsIndex(Value value) => value.Type.SameAs(ValueType.Scalar(DType.I32));
        if (op.Code == OpCode.Range)
            Require(op.Operands.All(IsIndex), "Range takes a start and an extent, scalars of i32", op.Location);
        if (op.Code == OpCode.Splat)
            Require(
                op.Operands[0].Type.IsScalar && op.Operands.Skip(1).All(IsIndex),
                "Splat takes a scalar and extents, scalars of i32",
                op.Location);
        if (op.Code is OpCode.Reduce or OpCode.ArgReduce or OpCode.Scan)
            Require(
                op.Operands[0].Type.DType is DType.F32 or DType.I32 or DType.U32,
                $"{op.Code} takes numbers, not {op.Operands[0].Type}",
                op.Location);
    }

    private static void Infer(Op op)
    {
        ValueType inferred = TypeRules.Infer(op.Code, op.Attribute, op.Operands, op.Location);
        Require(inferred.SameAs(op.Result.Type), $"{op.Code} gives {inferred}, not {op.Result.Type}", op.Location);
    }

    private static void Shape(Op op, Extent[] expected) =>
        Require(
            op.Result.Type.Shape.SequenceEqual(expected),
            $"{op.Code} gives a tile of [{string.Join(", ", expected)}], not {op.Result.Type}",
            op.Location);

    private void Scalar(Op op)
    {
        string name = op.Attr<string>();
        Require(
            op.Code == OpCode.Param ? context.IsKernel : context.IsFunctor,
            $"{op.Code} {name} stands where there is none",
            op.Location);
        Parameter? parameter = context.Find(name);
        bool isScalar = parameter?.Kind is ParameterKind.Scalar or ParameterKind.Specialized or ParameterKind.Schedule;
        Require(isScalar, $"there is no scalar {name}", op.Location);
        Require(
            op.Result.Type.SameAs(ValueType.Scalar(parameter!.DType)),
            $"{name} is {parameter.DType}, not {op.Result.Type}",
            op.Location);
    }

    private void Call(Op op)
    {
        FunctorCall call = op.Attr<FunctorCall>();
        Require(
            context.IsFunctorType(call.TypeParameter),
            $"there is no functor type parameter {call.TypeParameter} (after specialisation there is none at all)",
            op.Location);
        Parameter? self = context.Find(call.Self);
        bool isSelf = call.Self.Length == 0 || (self?.Kind == ParameterKind.Functor && self.TypeParameter == call.TypeParameter);
        Require(isSelf, $"{call.Self} is no parameter of type {call.TypeParameter}", op.Location);
        Require(
            call.Result == op.Result.Type.DType,
            $"{call.TypeParameter}.{call.Method} gives {call.Result}, not {op.Result.Type}",
            op.Location);
        Shape(op, TypeRules.Broadcast(op.Operands.Select(o => o.Type), op.Location));
    }

    private Parameter View(Op op)
    {
        Parameter? view = context.Find(op.Attr<MemoryAccess>().View);
        Require(view?.Kind == ParameterKind.View, $"there is no view {op.Attr<MemoryAccess>().View}", op.Location);
        return view!;
    }

    private Parameter Indexed(Op op, int rest)
    {
        Parameter view = View(op);
        int indices = op.Operands.Length - rest;
        Require(indices == view.Rank, $"{view.Name} has {view.Rank} axes and is given {indices} indices", op.Location);
        Require(op.Operands.Take(indices).All(o => o.Type.DType == DType.I32), $"an index of {view.Name} is not i32", op.Location);
        return view;
    }

    private void Load(Op op)
    {
        MemoryAccess access = op.Attr<MemoryAccess>();
        Parameter view = Indexed(op, access.Masked ? 2 : 0);
        DType type = op.Result.Type.DType;
        if (access.Masked)
        {
            Mask(op, op.Operands[view.Rank]);
            DType other = op.Operands[view.Rank + 1].Type.DType;
            Require(other == type, $"the value where the mask is false is {other}, not {type}", op.Location);
        }

        Shape(op, TypeRules.Broadcast(op.Operands.Select(o => o.Type), op.Location));
        bool isQuantized = view.Element.Kind == ElementKind.Quantized;
        if (op.Code == OpCode.RawLoad)
        {
            Require(isQuantized, $"a raw read of {view.Name}, which is not quantized", op.Location);
            DType raw = access.Raw is RawType.F16 or RawType.BF16 or RawType.F32 ? DType.F32 : DType.I32;
            Require(type == raw, $"a raw read of {access.Raw} gives {raw}, not {type}", op.Location);
            return;
        }

        Require(!context.IsFormat, "a format reads bytes with RawLoad", op.Location);
        bool isInteger = view.Element.Kind is ElementKind.I32 or ElementKind.I8 or ElementKind.U8;
        bool isOpen = view.Element.Kind == ElementKind.Parameter;
        bool fits = access.Part switch
        {
            LoadPart.Value => type == DType.F32
                || (type == DType.I32 && (isInteger || isOpen))
                || (type == DType.I8 && view.Element.Kind == ElementKind.I8),
            LoadPart.Code => type is DType.I8 or DType.I32 && (isQuantized || isOpen || view.Element.Kind == ElementKind.I8),
            _ => type == DType.F32 && (isQuantized || isOpen),
        };
        Require(fits, $"reading the {access.Part} of {view.Element.Name} from {view.Name} does not give {type}", op.Location);
    }

    private void Store(Op op)
    {
        MemoryAccess access = op.Attr<MemoryAccess>();
        Require(context.IsKernel, "a store stands outside a kernel", op.Location);
        Parameter view = Indexed(op, access.Masked ? 2 : 1);
        if (access.Masked)
            Mask(op, op.Operands[view.Rank + 1]);
        DType type = op.Operands[view.Rank].Type.DType;
        bool fits = view.Element.Kind switch
        {
            ElementKind.F32 or ElementKind.F16 or ElementKind.BF16 => type == DType.F32,
            ElementKind.I32 or ElementKind.I8 or ElementKind.U8 => type == DType.I32,
            ElementKind.Parameter => type is DType.F32 or DType.I32,
            _ => false,
        };
        Require(fits, $"{type} cannot be stored as {view.Element.Name} in {view.Name}", op.Location);
        Extent[] written = TypeRules.Broadcast(op.Operands.Take(view.Rank).Select(o => o.Type), op.Location);
        Extent[] all = TypeRules.Broadcast(op.Operands.Select(o => o.Type), op.Location);
        Require(
            written.SequenceEqual(all),
            $"a tile of [{string.Join(", ", all)}] is stored to indices of [{string.Join(", ", written)}]",
            op.Location);
    }

    private static void Mask(Op op, Value mask) => Require(mask.Type.DType == DType.Bool, $"the mask is {mask.Type}, not bool", op.Location);
}
