using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Tests.Ir;

public class TextTests
{
    [Fact]
    public void Kernels_print_parse_and_print_the_same()
    {
        foreach (Kernel kernel in new[] { SampleKernels.RmsNorm(), SampleKernels.RmsNorm(Element.F16), SampleKernels.BlockedSum(), SampleKernels.Halvings(), SampleKernels.Unspecialised() })
        {
            string text = IrPrinter.Print(kernel);
            Kernel back = IrParser.ParseKernel(text);
            Assert.Equal(text, IrPrinter.Print(back));
            Assert.Equal(kernel.Name, back.Name);
            Assert.Equal(kernel.Location, back.Location);
            Assert.Equal(kernel.TypeParameters, back.TypeParameters);
            Assert.Equal(kernel.Parameters.Select(p => p with { Values = [], Choices = [] }), back.Parameters.Select(p => p with { Values = [], Choices = [] }));
            Assert.Equal(kernel.Parameters.SelectMany(p => p.Choices), back.Parameters.SelectMany(p => p.Choices));
            Assert.Equal(kernel.Parameters.SelectMany(p => p.Values), back.Parameters.SelectMany(p => p.Values));
        }
    }

    [Fact]
    public void A_kernel_reads_like_this()
    {
        string expected = """
            kernel RmsNorm file "RmsNorm.cs" workgroup 64 ; 1:1
            param x: view float 2
            param weight: view float 1
            param y: view float 2
            param epsilon: scalar f32
            {
              %0: i32 = viewextent<0> x ; 1:1
              %1.row: i32 = programid<0> %0 ; 1:1
              %2: i32 = viewextent<1> x ; 1:1
              %3: i32 = const 0 ; 1:1
              %4.cols: i32[%2] = range %3, %2 ; 1:1
              %5: f32[%2] = load x[%1.row, %4.cols] ; 7:13
              %6: f32[%2] = mul %5, %5 ; 7:13
              %7: f32 = reduce<sum, -1> %6 ; 7:13
              %8: f32 = convert %2 ; 7:13
              %9: f32 = div %7, %8 ; 7:13
              %10.epsilon: f32 = param epsilon ; "Device functions.cs":3:9
              %11: f32 = add %9, %10.epsilon ; "Device functions.cs":3:9
              %12: f32 = rsqrt %11 ; "Device functions.cs":3:9
              %13: f32[%2] = mul %5, %12 ; 9:5
              %14: f32[%2] = load weight[%4.cols] ; 9:5
              %15: f32[%2] = mul %13, %14 ; 9:5
              store y[%1.row, %4.cols] = %15 ; 9:5
              return ; 9:5
            }

            """;
        Assert.Equal(expected.ReplaceLineEndings("\n"), IrPrinter.Print(SampleKernels.RmsNorm()));
    }

    [Fact]
    public void Regions_carry_their_arguments()
    {
        string text = IrPrinter.Print(SampleKernels.BlockedSum());
        Assert.Contains("for %", text);
        Assert.Contains("{ (%", text);
        Assert.Contains(".c: i32, %", text);
        Assert.Contains("} else {", text);
        Assert.Contains(" mask %", text);
        Assert.Contains("} do { (%", IrPrinter.Print(SampleKernels.Halvings()));
    }

    [Fact]
    public void A_schedule_carries_its_choices() => Assert.Contains(
        "param block: schedule i32 (16, 4) choices (8, 16, 32)\n", IrPrinter.Print(SampleKernels.Unspecialised()), StringComparison.Ordinal);

    [Fact]
    public void Functors_print_parse_and_print_the_same()
    {
        Functor functor = SampleKernels.Bias();
        string text = IrPrinter.Print(functor);
        Functor back = IrParser.ParseFunctor(text);
        Assert.Equal(text, IrPrinter.Print(back));
        Assert.Contains("(%0.score: f32[?0, ?1])", text);
        Assert.Equal(functor.Fields, back.Fields.Select(f => f with { Values = functor.Fields[0].Values }));
        Assert.Equal("Bias.cs", back.Methods[0].Body.Terminator.Location.File);
    }

    [Fact]
    public void Formats_print_parse_and_print_the_same()
    {
        string text = IrPrinter.Print(SampleKernels.Q4());
        QuantFormat back = IrParser.ParseFormat(text);
        Assert.Equal(text, IrPrinter.Print(back));
        Assert.Equal((32, 18, 32), (back.BlockSize, back.BlockBytes, back.GroupSize));
        Assert.Equal(3, back.Decode.Body.Terminator.Operands.Length);
    }

    [Theory]
    [InlineData("-128, 1, 2, 3, 4, 5, 6, -7, 8, 9, 10, 11, 12, 13, 14, 127", null)]
    [InlineData("1, 2, 3", "','")]
    [InlineData("128, 1, 2, 3, 4, 5, 6, -7, 8, 9, 10, 11, 12, 13, 14, 127", "128")]
    public void A_look_up_prints_its_table(string entries, string? mistake)
    {
        string text = $"format F block 32 bytes 18 group 32\ndecode Decode {{ (%0: i32)\n  %1: i32 = lookup<{entries}> %0\n  %2: f32 = const 1\n  return %2, %1, %2\n}}\n";
        if (mistake is null)
        {
            QuantFormat format = IrParser.ParseFormat(text);
            IrVerifier.Verify(format);
            Assert.Equal(text, IrPrinter.Print(format));
        }
        else
        {
            Assert.Contains(mistake, Assert.Throws<IrException>(() => IrParser.ParseFormat(text)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0x00000000)]
    [InlineData(0x80000000)] // -0
    [InlineData(0x00000001)]
    [InlineData(0x3DCCCCCD)] // 0.1
    [InlineData(0x7F7FFFFF)]
    [InlineData(0x7F800000)]
    [InlineData(0xFF800000)]
    [InlineData(0x7FC00000)]
    [InlineData(0xFFC00000)]
    [InlineData(0x7F812345)]
    [InlineData(0x358637BD)] // 1e-6
    public void Float_constants_keep_their_bits(uint bits)
    {
        Number number = Number.OfBits(DType.F32, unchecked((int)bits));
        Assert.True(IrText.TryLiteral(IrText.Literal(number), DType.F32, out Number back));
        Assert.Equal(number, back);
    }

    [Fact]
    public void Names_that_are_no_identifiers_are_quoted()
    {
        Kernel kernel = SampleKernels.Build("N.C<T>.M\u0001\"\\", [SampleKernels.View("größe", 1)], b =>
        {
            Value n = b.Extent("größe", 0);
            n.Name = "x.Extent0";
        });
        string text = IrPrinter.Print(kernel);
        Kernel back = IrParser.ParseKernel(text);
        Assert.Equal(kernel.Name, back.Name);
        Assert.Contains("%0.\"x.Extent0\"", text);
        Assert.Equal(text, IrPrinter.Print(back));
    }

    [Theory]
    [InlineData("", 1, 1, "expected 'kernel'")]
    [InlineData("kernel", 1, 7, "expected a name")]
    [InlineData("kernel K workgroup 0", 1, 20, "expected an integer from 1")]
    [InlineData("kernel K workgroup 64\nparam x: view double 2", 2, 15, "no element type")]
    [InlineData("kernel K workgroup 64\nparam x: view float 5", 2, 21, "from 1 to 4")]
    [InlineData("kernel K workgroup 64\nparam a: scalar f32\nparam a: scalar f32", 3, 7, "declared twice")]
    [InlineData("kernel K workgroup 64 {", 1, 24, "the end of the text")]
    [InlineData("kernel K workgroup 64 {\n  return\n} }", 3, 3, "expected the end")]
    [InlineData("kernel K workgroup 64 {\n  %0: i32 = const 1.5\n}", 2, 19, "is no i32")]
    [InlineData("kernel K workgroup 64 {\n  %0: i32 = const 99999999999\n}", 2, 19, "is no i32")]
    [InlineData("kernel K workgroup 64 {\n  %0: i32 = launch\n}", 2, 13, "'launch'")]
    [InlineData("kernel K workgroup 64 {\n  %0: i32 = const 1\n  %1: f32 = neg %0\n}", 3, 3, "gives i32, not f32")]
    [InlineData("kernel K workgroup 64 {\n  %0: i32 = const 1\n  %0: i32 = neg %0\n}", 3, 3, "defined twice")]
    [InlineData("kernel K workgroup 64 {\n  %0: i32 = neg %1\n}", 2, 17, "%1 is not defined")]
    [InlineData("kernel K workgroup 64 {\n  %0: i32 = const 1\n  %1: i32 = add %0\n}", 3, 3, "takes 2 operands, not 1")]
    [InlineData("kernel K workgroup 64 {\n  const 1\n}", 2, 3, "one result, not 0")]
    [InlineData("kernel K workgroup 64 {\n  %0.a: i32 = const 1\n  %1: i32 = neg %0.b\n}", 3, 17, "named 'a', not 'b'")]
    [InlineData("kernel K workgroup 64 {\n  %0: bool = const true\n  if %0 {\n    %1: i32 = const 1\n  } else {\n  }\n  %2: i32 = neg %1\n}", 7, 17, "not defined")]
    [InlineData("kernel K workgroup 64 {\n  %0: i32[2, 2, 2] = const 1\n}", 2, 20, "one or two axes")]
    [InlineData("kernel \"K workgroup 64", 1, 8, "no closing quote")]
    [InlineData("kernel \"\\x\" workgroup 64", 1, 8, "backslash")]
    [InlineData("kernel K# workgroup 64", 1, 9, "unexpected character")]
    [InlineData("kernel K workgroup 64 {\n  % = const 1\n}", 2, 3, "needs a number")]
    public void Damaged_text_is_an_error_with_its_place(string text, int line, int column, string message)
    {
        IrException error = Assert.Throws<IrException>(() => IrParser.ParseKernel(text));
        Assert.Contains(message, error.Reason);
        Assert.Equal((line, column), (error.Location.Line, error.Location.Column));
    }

    [Fact]
    public void Deep_nesting_is_an_error_not_a_crash()
    {
        string text = "kernel K workgroup 64 { %0: bool = const true " + string.Concat(Enumerable.Repeat("if %0 { ", 100_000));
        Assert.Contains("nest deeper", Assert.Throws<IrException>(() => IrParser.ParseKernel(text)).Reason);
    }

    // Whatever is cut out of or overwritten in a text, the parser answers with a kernel or an IrException.
    [Fact]
    public void Random_damage_never_escapes_as_another_exception()
    {
        string[] texts = [IrPrinter.Print(SampleKernels.BlockedSum()), IrPrinter.Print(SampleKernels.Halvings()), IrPrinter.Print(SampleKernels.Unspecialised())];
        var random = new Random(20240117);
        int errors = 0;
        for (int i = 0; i < 3000; i++)
        {
            string text = texts[i % texts.Length];
            int at = random.Next(text.Length), length = random.Next(1, 12);
            string insert = random.Next(3) switch { 0 => "", 1 => text.Substring(random.Next(text.Length - 12), length), _ => ((char)random.Next(32, 127)).ToString() };
            text = text[..at] + insert + text[Math.Min(text.Length, at + length)..];
            try
            {
                IrPrinter.Print(IrParser.ParseKernel(text));
            }
            catch (IrException error)
            {
                Assert.True(error.Location.Line > 0, text);
                errors++;
            }
        }

        Assert.True(errors > 2000, $"only {errors} of 3000 damaged texts were refused");
    }
}
