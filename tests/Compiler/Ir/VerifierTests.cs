using KernelFoundry.Compiler.Ir;
using ValueType = KernelFoundry.Compiler.Ir.ValueType;

namespace KernelFoundry.Compiler.Tests.Ir;

public class VerifierTests
{
    private const string Header = """
        kernel K file "K.cs" workgroup 64 ; 1:1
        param x: view float 1
        param m: view float 2
        param i: view int 1
        param c: view sbyte 1
        param w: view quant Q8_0 2
        param a: scalar f32
        param n: scalar i32
        {
          %0: i32 = const 0
          %1: i32 = const 4
          %2: i32 = param n
          %3.r: i32[4] = range %0, %1
          %4: f32 = const 1
          %5: bool = const true
          %6: f32[4] = load x[%3.r]
          %7: bool[4] = lt %3.r, %2

        """;

    private const string Functors = """
        kernel K workgroup 64
        type T
        type TScore : IScore
        param x: view type T 1
        param score: functor TScore
        param other: functor TScore
        {
          %0: i32 = const 0
          %1: f32 = load x[%0]

        """;

    [Fact]
    public void Sound_kernels_pass()
    {
        IrVerifier.Verify(SampleKernels.RmsNorm());
        IrVerifier.Verify(SampleKernels.RmsNorm(Element.BF16));
        IrVerifier.Verify(SampleKernels.BlockedSum());
        IrVerifier.Verify(SampleKernels.Halvings());
        IrVerifier.Verify(SampleKernels.Bias());
        IrVerifier.Verify(SampleKernels.Q4());
        Verify("");
        Verify("  %8: i32 = programid<0> %2\n  %9: i32 = programid<2> %1\n  return");
        Verify("  %8: i32[4] = load c[%3.r]\n  %9: i8[4] = load c[%3.r]\n  %10: i32[4] = load i[%3.r] mask %7 else %0\n  store i[%3.r] = %10 mask %7");
        Verify("  %8: i32 = rawload<u8> w[%0, %0]\n  %9: f32 = load<scale> w[%0, %0]\n  %10: f32 = load w[%0, %0]");
        IrVerifier.Verify(Parse(Functors, "  %2: f32 = call TScore.Apply on score %1"));
    }

    [Theory]
    [InlineData("uses", "  %8: f32 = param b ; 2:3", "no scalar b")]
    [InlineData("parameter dtype", "  %8: i32 = param a ; 2:3", "a is F32, not i32")]
    [InlineData("parameter kind", "  %8: f32 = param x ; 2:3", "no scalar x")]
    [InlineData("field", "  %8: f32 = field a ; 2:3", "stands where there is none")]
    [InlineData("extent's view", "  %8: i32 = viewextent<0> y ; 2:3", "no view y")]
    [InlineData("extent's axis", "  %8: i32 = viewextent<1> x ; 2:3", "no axis 1")]
    [InlineData("view", "  %8: f32 = load a[%0] ; 2:3", "no view a")]
    [InlineData("rank", "  %8: f32 = load m[%0] ; 2:3", "2 axes and is given 1")]
    [InlineData("index type", "  %8: f32 = load x[%4] ; 2:3", "index of x is not i32")]
    [InlineData("mask", "  %8: f32 = load x[%0] mask %1 else %4 ; 2:3", "the mask is i32")]
    [InlineData("other", "  %8: f32 = load x[%0] mask %5 else %0 ; 2:3", "false is I32, not F32")]
    [InlineData("read type", "  %8: i32 = load x[%0] ; 2:3", "does not give I32")]
    [InlineData("read part", "  %8: f32 = load<scale> x[%0] ; 2:3", "reading the Scale")]
    [InlineData("raw read", "  %8: i32 = rawload<u8> x[%0] ; 2:3", "not quantized")]
    [InlineData("raw read type", "  %8: i32 = rawload<f16> w[%0, %0] ; 2:3", "gives F32, not I32")]
    [InlineData("stored type", "  store x[%0] = %1 ; 2:3", "I32 cannot be stored as float")]
    [InlineData("stored to integers", "  store i[%0] = %4 ; 2:3", "F32 cannot be stored as int")]
    [InlineData("stored to quantized", "  store w[%0, %0] = %4 ; 2:3", "F32 cannot be stored as Q8_0")]
    [InlineData("stored shape", "  store x[%0] = %6 ; 2:3", "a tile of [4] is stored to indices of []")]
    [InlineData("store rank", "  store m[%0] = %4 ; 2:3", "2 axes and is given 1")]
    [InlineData("store mask", "  store x[%0] = %4 mask %4 ; 2:3", "the mask is f32")]
    [InlineData("range", "  %8: i32[4] = range %4, %1 ; 2:3", "Range takes")]
    [InlineData("splat", "  %8: f32[4] = splat %6, %1 ; 2:3", "Splat takes")]
    [InlineData("reduced type", "  %8: bool = reduce<max, -1> %7 ; 2:3", "takes numbers, not bool[4]")]
    [InlineData("arg-reduce", "  %8: i32 = argreduce<sum, -1> %6 ; 2:3", "has the attribute")]
    [InlineData("axis twice", "  %8: i32 = programid<1> %2\n  %9: i32 = programid<1> %2 ; 2:3", "axis 1 is used twice")]
    [InlineData("grid", "  %8: i32 = programid<1> %2\n  %9: i32 = programid<0> %8 ; 2:3", "depends on more")]
    [InlineData("grid from memory", "  %8: i32 = load i[%0]\n  %9: i32 = programid<0> %8 ; 2:3", "depends on more")]
    [InlineData("grid type", "  %9: i32 = programid<0> %4 ; 2:3", "number of programs is a scalar i32")]
    [InlineData("for operands", "  for %0, %1 ; 2:3 { (%8: i32)\n    yield\n  }", "start, end and step")]
    [InlineData("for index type", "  for %0, %1, %4 ; 2:3 { (%8: i32)\n    yield\n  }", "start, end and step")]
    [InlineData("for arguments", "  %9: f32 = for %0, %1, %1, %4 ; 2:3 { (%8: i32)\n    yield %4\n  }", "For arguments are (i32) and should be (i32, f32)")]
    [InlineData("for yields", "  %9: f32 = for %0, %1, %1, %4 ; 1:1 { (%8: i32, %10: f32)\n    yield %8 ; 2:3\n  }", "For: Yield are (i32) and should be (f32)")]
    [InlineData("for results", "  %9: i32 = for %0, %1, %1, %4 ; 2:3 { (%8: i32, %10: f32)\n    yield %10\n  }", "For results are (i32) and should be (f32)")]
    [InlineData("for carried shape", "  %9: f32[4] = for %0, %1, %1, %6 ; 1:1 { (%8: i32, %10: f32[4])\n    yield %4 ; 2:3\n  }", "should be (f32[4])")]
    [InlineData("while condition", "  %8: f32 = while %4 { (%9: f32)\n    condition %9 ; 2:3\n  } do { (%10: f32)\n    yield %10\n  }", "should be (bool)")]
    [InlineData("while ends", "  %8: f32 = while %4 { (%9: f32)\n    yield %5 ; 2:3\n  } do { (%10: f32)\n    yield %10\n  }", "ends in Condition, not Yield")]
    [InlineData("while results", "  %8: i32 = while %4 ; 2:3 { (%9: f32)\n    condition %5\n  } do { (%10: f32)\n    yield %10\n  }", "While results")]
    [InlineData("if condition", "  if %1 ; 2:3 {\n    yield\n  } else {\n    yield\n  }", "If operands are (i32)")]
    [InlineData("if branches", "  %8: f32 = if %5 {\n    yield %4\n  } else {\n    yield %1 ; 2:3\n  }", "If: Yield are (i32) and should be (f32)")]
    [InlineData("if arguments", "  if %5 ; 2:3 { (%8: i32)\n    yield\n  } else {\n    yield\n  }", "If arguments")]
    [InlineData("empty region", "  if %5 ; 2:3 {\n  } else {\n    yield\n  }", "is empty")]
    [InlineData("no terminator", "  if %5 {\n    %8: i32 = neg %1 ; 2:3\n  } else {\n    yield\n  }", "ends in Yield, not Neg")]
    [InlineData("early terminator", "  if %5 {\n    yield ; 2:3\n    yield\n  } else {\n    yield\n  }", "where no region ends")]
    [InlineData("yield of a kernel", "  yield ; 2:3", "where no region ends")]
    [InlineData("return in a region", "  if %5 {\n    return ; 2:3\n  } else {\n    yield\n  }", "ends in Yield, not Return")]
    [InlineData("value returned", "  return %0 ; 2:3", "returns nothing")]
    [InlineData("call without functors", "  %8: f32 = call T.Apply %4 ; 2:3", "no functor type parameter T")]
    [InlineData("undefined", "  %8: i32 = neg ?0 ; 2:3", "not defined before it")]
    public void Broken_kernels_are_refused_at_their_op(string rule, string body, string message)
    {
        IrException error = Assert.Throws<IrException>(() => Verify(body));
        Assert.True(error.Reason.Contains(message, StringComparison.Ordinal), $"{rule}: {error.Reason}");
        Assert.Equal(new SourceLocation("K.cs", 2, 3), error.Location);
    }

    [Theory]
    [InlineData("  %2: f32 = call TOther.Apply on score %1", "no functor type parameter TOther")]
    [InlineData("  %2: f32 = call T.Apply on score %1", "no functor type parameter T ")]
    [InlineData("  %2: f32 = call TScore.Apply on x %1", "x is no parameter of type TScore")]
    public void Broken_calls_are_refused(string body, string message) =>
        Assert.Contains(message, Assert.Throws<IrException>(() => IrVerifier.Verify(Parse(Functors, body))).Reason);

    [Theory]
    [InlineData("type T\nparam x: view type U 1", "type parameter U, which the kernel has not")]
    [InlineData("type T\nparam x: functor T", "takes T for what it is not")]
    [InlineData("type T : I\nparam x: view type T 1", "takes T for what it is not")]
    [InlineData("type T\ntype T", "used twice")]
    [InlineData("param b: schedule i32 (4)", "1 values for 5 targets")]
    [InlineData("param b: specialized f32 (4)", "listed values")]
    [InlineData("param b: scalar i8", "is an i8")]
    public void Broken_parameters_are_refused(string parameters, string message)
    {
        Kernel kernel = IrParser.ParseKernel($"kernel K workgroup 64\n{parameters}\n{{\n}}\n");
        Assert.Contains(message, Assert.Throws<IrException>(() => IrVerifier.Verify(kernel)).Reason);
    }

    // What the parser already refuses to build.
    [Fact]
    public void Ops_that_no_text_gives_are_refused()
    {
        var number = new Op(OpCode.Const, [], Number.Of(4));
        Value four = Result(number, ValueTypes.I32);
        Refused("has 1 operands", number, Made(OpCode.Add, ValueTypes.I32, null, four));
        Refused("has the attribute none", number, Made(OpCode.Convert, ValueTypes.F32, null, four));
        Refused("has the attribute 3", number, Made(OpCode.Neg, ValueTypes.I32, 3, four));
        Refused("Neg gives i32, not f32", number, Made(OpCode.Neg, ValueTypes.F32, null, four));
        Refused("Neg gives i32, not i32[4]", number, Made(OpCode.Neg, new ValueType(DType.I32, 4), null, four));
        Refused("2 results", number, new Op(OpCode.Neg, [four]) { Results = [new Value(ValueTypes.I32), new Value(ValueTypes.I32)] });
        Op nested = Made(OpCode.Neg, ValueTypes.I32, null, four);
        nested.Regions = [new Block()];
        Refused("has regions", number, nested);
        Refused("For has 0 regions", number, new Op(OpCode.For, [four, four, four]));
        Refused("defined twice", number, number);

        Op other = Made(OpCode.Neg, ValueTypes.I32, null, four);
        other.Result.Definition = number;
        Refused("is another op", number, other);

        Op negative = Made(OpCode.Splat, new ValueType(DType.I32, -4), null, four, four);
        Refused("Splat gives i32[4], not i32[-4]", number, negative);
        Op constant = new(OpCode.Const, [], Number.Of(-4));
        Result(constant, ValueTypes.I32);
        Refused("tile extent is -4", constant, Made(OpCode.Range, new ValueType(DType.I32, -4), null, constant.Result, constant.Result));
        Refused("a bitcast of Bool to F32", number, Flag(out Value flag), Made(OpCode.Bitcast, ValueTypes.F32, DType.F32, flag));
        Refused("Add does not take bool", Flag(out flag), Made(OpCode.Add, ValueType.Scalar(DType.Bool), null, flag, flag));
        Refused("takes integers, not F32", Real(out Value real), Made(OpCode.Xor, ValueTypes.F32, null, real, real));
        Refused("Shl of I32 and F32", number, Real(out real), Made(OpCode.Shl, ValueTypes.I32, null, four, real));
    }

    // A value of one branch used in the other, and an extent that does not reach its use.
    [Fact]
    public void Values_do_not_leave_their_region()
    {
        var condition = Flag(out Value flag);
        var inner = new Op(OpCode.Const, [], Number.Of(1));
        Value one = Result(inner, ValueTypes.I32);
        var then = new Block { Ops = { inner, new Op(OpCode.Yield, []) } };
        var branch = new Block { Ops = { Made(OpCode.Neg, ValueTypes.I32, null, one), new Op(OpCode.Yield, []) } };
        Refused("not defined before it", condition, new Op(OpCode.If, [flag]) { Regions = [then, branch] });

        var loaded = Made(OpCode.Load, ValueTypes.I32, new MemoryAccess("i"), one);
        var range = Made(OpCode.Range, new ValueType(DType.I32, new Extent(0, loaded.Result)), null, one, loaded.Result);
        then = new Block { Ops = { inner, loaded, range, new Op(OpCode.Yield, [range.Result]) } };
        branch = new Block { Ops = { new Op(OpCode.Yield, [range.Result]) } };
        var choice = new Op(OpCode.If, [flag]) { Regions = [then, branch] };
        choice.Results = [new Value(range.Result.Type) { Definition = choice }];
        Refused("not defined before it", condition, choice);

        var loop = new Op(OpCode.For, [one, one, one]) { Regions = [new Block { Arguments = { new Value(ValueTypes.I32) }, Ops = { loaded, range, new Op(OpCode.Yield, []) } }] };
        Refused("Neg uses", inner, loop, Made(OpCode.Neg, range.Result.Type, null, range.Result));
    }

    [Fact]
    public void An_extent_is_an_integer_scalar_defined_before()
    {
        Refused("a tile extent is f32", new Extent(0, new Value(ValueTypes.F32)));
        Refused("a tile extent is i32[2]", new Extent(0, new Value(new ValueType(DType.I32, 2))));
        Refused("a tile extent is -1", -1);
        Refused("one or two axes, not 3", 2, 2, 2);
        Op inner = Made(OpCode.Const, ValueTypes.I32, Number.Of(2));
        Refused("is not defined before it", new Extent(0, inner.Result));

        static void Refused(string message, params Extent[] shape)
        {
            var argument = new Value(new ValueType(DType.F32, shape));
            var method = new Function("M", new Block { Arguments = { argument }, Ops = { new Op(OpCode.Return, [argument]) } });
            Assert.Contains(message, Assert.Throws<IrException>(() => IrVerifier.Verify(new Functor("F", "I", [], [method]))).Reason);
        }
    }

    [Theory]
    [InlineData("field a: view quant Q4_0 1\n", "neither a scalar nor a view")]
    [InlineData("method M { (%0: f32)\n}\n", "does not return")]
    [InlineData("method M { (%0: f32)\n  return\n}\n", "returns one value")]
    [InlineData("method M { (%0: f32)\n  %1: f32 = param a\n  return %1\n}\n", "stands where there is none")]
    [InlineData("method M { (%0: i32)\n  %1: i32 = programid<0> %0\n  return %1\n}\n", "outside a kernel")]
    [InlineData("field x: view float 1\nmethod M { (%0: f32)\n  %1: i32 = const 0\n  store x[%1] = %0\n  return %0\n}\n", "outside a kernel")]
    public void Broken_functors_are_refused(string rest, string message)
    {
        Functor functor = IrParser.ParseFunctor("functor F : IScore\n" + rest);
        Assert.Contains(message, Assert.Throws<IrException>(() => IrVerifier.Verify(functor)).Reason);
    }

    [Theory]
    [InlineData("block 32 bytes 18 group 5", "(%0: i32)\n  %1: f32 = const 1\n  return %1, %0, %1", "groups of 5")]
    [InlineData("block 32 bytes 18 group 32", "(%0: f32)\n  return %0", "takes one i32")]
    [InlineData("block 32 bytes 18 group 32", "(%0: i32)\n  return %0", "returns scale f32")]
    [InlineData("block 32 bytes 18 group 32", "(%0: i32)\n  %1: f32 = load block[%0]\n  return %1, %0, %1", "reads bytes with RawLoad")]
    [InlineData("block 32 bytes 18 group 32", "(%0: i32)\n  %1: bool = const true\n  %2: f32 = if %1 {\n    yield\n  } else {\n    yield\n  }\n  return %2, %0, %2", "stands in a format")]
    public void Broken_formats_are_refused(string header, string body, string message)
    {
        QuantFormat format = IrParser.ParseFormat($"format Q {header}\ndecode Decode {{ {body}\n}}\n");
        Assert.Contains(message, Assert.Throws<IrException>(() => IrVerifier.Verify(format)).Reason);
    }

    private static void Verify(string body) => IrVerifier.Verify(Parse(Header, body));

    private static Kernel Parse(string header, string body) => IrParser.ParseKernel(header.ReplaceLineEndings("\n") + body + "\n}\n");

    private static Op Made(OpCode code, ValueType type, object? attribute, params Value[] operands)
    {
        var op = new Op(code, operands, attribute);
        Result(op, type);
        return op;
    }

    private static Op Flag(out Value value)
    {
        var op = new Op(OpCode.Const, [], Number.Of(true));
        value = Result(op, ValueType.Scalar(DType.Bool));
        return op;
    }

    private static Op Real(out Value value)
    {
        var op = new Op(OpCode.Const, [], Number.Of(1f));
        value = Result(op, ValueTypes.F32);
        return op;
    }

    private static Value Result(Op op, ValueType type)
    {
        op.Results = [new Value(type) { Definition = op }];
        return op.Result;
    }

    private static void Refused(string message, params Op[] ops)
    {
        var kernel = new Kernel
        {
            Name = "K",
            Parameters = [SampleKernels.View("i", 1, Element.I32)],
            Body = new Block(),
        };
        kernel.Body.Ops.AddRange(ops);
        Assert.Contains(message, Assert.Throws<IrException>(() => IrVerifier.Verify(kernel)).Reason);
    }
}
