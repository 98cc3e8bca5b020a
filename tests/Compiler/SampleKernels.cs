using KernelFoundry.Compiler.Ir;
using ValueType = KernelFoundry.Compiler.Ir.ValueType;

namespace KernelFoundry.Compiler.Tests;

/// <summary>Small kernels as a front end would build them.</summary>
internal static class SampleKernels
{
    public static Parameter View(string name, int rank, Element? element = null) =>
        new() { Name = name, Kind = ParameterKind.View, Rank = rank, Element = element ?? Element.F32 };

    public static Parameter Scalar(string name, DType type) => new() { Name = name, Kind = ParameterKind.Scalar, DType = type };

    public static Kernel Build(string name, Parameter[] parameters, Action<Builder> body)
    {
        var block = new Block();
        var builder = new Builder(block) { Location = new SourceLocation(name + ".cs", 1, 1) };
        body(builder);
        builder.Leave(OpCode.Return);
        return new Kernel { Name = name, Parameters = [.. parameters], Body = block, Location = new SourceLocation(name + ".cs", 1, 1) };
    }

    /// <summary>y[row] = x[row] / sqrt(mean(x[row]^2) + epsilon) * weight.</summary>
    public static Kernel RmsNorm(Element? element = null) => Build(
        "RmsNorm",
        [View("x", 2, element), View("weight", 1), View("y", 2, element), Scalar("epsilon", DType.F32)],
        b =>
        {
            Value row = b.Emit(OpCode.ProgramId, 0, b.Extent("x", 0));
            row.Name = "row";
            Value n = b.Extent("x", 1);
            Value cols = b.Range(0, n);
            cols.Name = "cols";
            b.Location = new SourceLocation("RmsNorm.cs", 7, 13);
            Value v = b.Load("x", row, cols);
            Value mean = b.Emit(OpCode.Div, null, b.Sum(b.Emit(OpCode.Mul, null, v, v)), b.Emit(OpCode.Convert, DType.F32, n));
            b.Location = new SourceLocation("Device functions.cs", 3, 9);
            Value scale = b.Emit(OpCode.Rsqrt, null, b.Emit(OpCode.Add, null, mean, b.Param("epsilon", DType.F32)));
            b.Location = new SourceLocation("RmsNorm.cs", 9, 5);
            Value scaled = b.Emit(OpCode.Mul, null, b.Emit(OpCode.Mul, null, v, scale), b.Load("weight", cols));
            b.Store("y", scaled, row, cols);
        });

    /// <summary>y[row] = sum over blocks of 4 columns of x[row], the block loop carrying the sum; a negative row index takes the else branch.</summary>
    public static Kernel BlockedSum() => Build(
        "BlockedSum",
        [View("x", 2), View("y", 1), Scalar("limit", DType.I32)],
        b =>
        {
            Value row = b.Emit(OpCode.ProgramId, 0, b.Extent("x", 0));
            Value n = b.Extent("x", 1), zero = b.Constant(0f), four = b.Constant(4);
            Value isSmall = b.Emit(OpCode.Lt, null, row, b.Param("limit", DType.I32));
            var index = new Value(ValueTypes.I32, "c");
            var total = new Value(ValueTypes.F32, "total");
            Block loop = b.Enter(true, index, total);
            Value left = b.Emit(OpCode.Min, null, four, b.Emit(OpCode.Sub, null, n, index));
            Value cols = b.Emit(OpCode.Range, null, index, four);
            Value mask = b.Emit(OpCode.Lt, null, b.Range(0, four), left);
            Value part = b.Load(OpCode.Load, new MemoryAccess("x", Masked: true), DType.F32, row, cols, mask, zero);
            b.Leave(OpCode.Yield, b.Emit(OpCode.Add, null, total, b.Sum(part)));
            Value sum = b.Control(OpCode.For, [b.Constant(0), n, four, zero], [loop], ValueTypes.F32)[0];
            Block then = b.Enter(false);
            b.Leave(OpCode.Yield, sum);
            Block otherwise = b.Enter(false);
            b.Leave(OpCode.Yield, b.Emit(OpCode.Neg, null, sum));
            Value signed = b.Control(OpCode.If, [isSmall], [then, otherwise], ValueTypes.F32)[0];
            signed.Name = "result";
            b.Store("y", signed, row);
        });

    /// <summary>y[0] = the number of halvings that take x[0] below 1.</summary>
    public static Kernel Halvings() => Build(
        "Halvings",
        [View("x", 1), View("y", 1, Element.I32)],
        b =>
        {
            Value zero = b.Emit(OpCode.ProgramId, 0, b.Constant(1));
            Value start = b.Load("x", zero);
            Value[] inTest = [new(ValueTypes.F32, "v"), new(ValueTypes.I32, "n")], inBody = [new(ValueTypes.F32, "v"), new(ValueTypes.I32, "n")];
            Block test = b.Enter(true, inTest);
            b.Leave(OpCode.Condition, b.Emit(OpCode.Ge, null, inTest[0], b.Constant(1f)));
            Block body = b.Enter(true, inBody);
            b.Leave(OpCode.Yield, b.Emit(OpCode.Mul, null, inBody[0], b.Constant(0.5f)), b.Emit(OpCode.Add, null, inBody[1], b.Constant(1)));
            Value[] results = b.Control(OpCode.While, [start, b.Constant(0)], [test, body], ValueTypes.F32, ValueTypes.I32);
            b.Store("y", results[1], zero);
        });

    /// <summary>An unspecialised kernel: type parameters of both kinds, every kind of parameter, a functor call.</summary>
    public static Kernel Unspecialised()
    {
        Kernel kernel = Build("Epilogue", [], b =>
        {
            Value rows = b.Range(0, b.Param("block", DType.I32));
            Value call = b.Call(new FunctorCall("TEpilogue", "Apply", "epilogue", DType.F32), b.Load("x", rows), rows);
            b.Store("y", call, rows);
        });
        kernel.TypeParameters.Add(new TypeParameter("T", ""));
        kernel.TypeParameters.Add(new TypeParameter("TEpilogue", "Acme.IEpilogue"));
        kernel.Parameters.Add(View("x", 1, Element.Parameter("T")));
        kernel.Parameters.Add(View("y", 1, Element.Quantized("Q8_0")));
        kernel.Parameters.Add(new Parameter { Name = "epilogue", Kind = ParameterKind.Functor, TypeParameter = "TEpilogue" });
        kernel.Parameters.Add(new Parameter { Name = "dim", Kind = ParameterKind.Specialized, DType = DType.I32, Values = [64, 128] });
        kernel.Parameters.Add(new Parameter { Name = "block", Kind = ParameterKind.Schedule, DType = DType.I32, Values = [16, 4], Choices = [8, 16, 32] });
        return kernel;
    }

    /// <summary>A functor with a scalar and a view field whose method's tile has extents only its caller knows.</summary>
    public static Functor Bias()
    {
        var block = new Block();
        var b = new Builder(block) { Location = new SourceLocation("Bias.cs", 5, 9) };
        Extent rows = new(0, new Value(ValueTypes.I32)), cols = new(0, new Value(ValueTypes.I32));
        var score = new Value(new ValueType(DType.F32, rows, cols), "score");
        block.Arguments.Add(score);
        b.Leave(OpCode.Return, b.Emit(OpCode.Fma, null, score, b.Field("scale", DType.F32), b.Load("bias", b.Constant(0))));
        return new Functor("Acme.Bias", "Acme.IScore", [Scalar("scale", DType.F32), View("bias", 1)], [new Function("Apply", block)]);
    }

    /// <summary>The 4-bit format of 32 elements with one half scale.</summary>
    public static QuantFormat Q4()
    {
        var block = new Block();
        var b = new Builder(block);
        var i = new Value(ValueTypes.I32, "i");
        block.Arguments.Add(i);
        Value scale = b.Load(OpCode.RawLoad, new MemoryAccess("block", Raw: RawType.F16), DType.F32, b.Constant(0));
        Value at = b.Emit(OpCode.Add, null, b.Constant(2), b.Emit(OpCode.Rem, null, i, b.Constant(16)));
        Value bits = b.Load(OpCode.RawLoad, new MemoryAccess("block"), DType.I32, at);
        Value shift = b.Emit(OpCode.Mul, null, b.Emit(OpCode.Div, null, i, b.Constant(16)), b.Constant(4));
        Value code = b.Emit(OpCode.And, null, b.Emit(OpCode.Shr, null, bits, shift), b.Constant(15));
        b.Leave(OpCode.Return, scale, b.Emit(OpCode.Sub, null, code, b.Constant(8)), b.Constant(0f));
        return new QuantFormat("Q4_0", 32, 18, 32, new Function("Decode", block));
    }
}
