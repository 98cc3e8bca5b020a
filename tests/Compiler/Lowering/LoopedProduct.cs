using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Tests.Lowering;

/// <summary>A product of halves by a loop over blocks of 16 columns: y[t, r] = start + the sum over k of x[t, k] w[r, k].</summary>
internal static class LoopedProduct
{
    private const string Text = """
        kernel Product file "Product.cs" workgroup 64
        param w: view Half 2
        param x: view Half 2
        param y: view float 2
        {
          %0: i32 = viewextent<0> w
          %1: i32 = const ROWS
          %3: i32 = const 0
          %2: i32 = const LASTROW
          %4: i32 = add %0, %2
          %5: i32 = div %4, %1
          %6: i32 = programid<0> %5
          %7: i32 = mul %6, %1
          %8: i32 = sub %0, %7
          %9: i32 = min %1, %8
          %11: i32 = max %9, %3
          %12: i32[%11] = range %7, %11
          %13: i32 = viewextent<0> x
          %14: i32 = const TOKENS
          %15: i32 = const LASTTOKEN
          %16: i32 = add %13, %15
          %17: i32 = div %16, %14
          %18: i32 = programid<1> %17
          %19: i32 = mul %18, %14
          %20: i32 = sub %13, %19
          %21: i32 = min %14, %20
          %22: i32 = max %21, %3
          %23: i32[%22] = range %19, %22
          %24: f32 = const START
          %25: f32[%22, %11] = splat %24, %22, %11
          %26: i32 = viewextent<1> w
          %27: i32 = const 16
          %28: i32[%22, 1] = expand<1> %23
          %29: i32[%11, 1] = expand<1> %12
          %30: f32[%22, %11] = for %3, %26, %27, %25 { (%31: i32, %32: f32[%22, %11])
            %33: i32 = sub %26, %31
            %34: i32 = min %27, %33
            %35: i32 = max %34, %3
            %36: i32[%35] = range %31, %35
            %37: i32[1, %35] = expand<0> %36
            %38: f32[%22, %35] = load x[%28, %37]
            %39: f32[%11, %35] = load w[%29, %37]
            %40: f32[%35, %11] = transpose %39
            %41: f32[%22, %11] = dot %38, %40, %32
            yield %41
          }
          %42: i32[1, %11] = expand<0> %12
          store y[%28, %42] = %30
          return
        }

        """;

    /// <summary>The kernel's text, a program for so many tokens and weight rows.</summary>
    public static string TextOf(int tokens, int rows, string start)
    {
        (string Name, int Value)[] sizes = [("LASTTOKEN", tokens - 1), ("TOKENS", tokens), ("LASTROW", rows - 1), ("ROWS", rows)];
        return sizes.Aggregate(Text, (text, size) => text.Replace(size.Name, IrText.Int(size.Value), StringComparison.Ordinal)).Replace("START", start, StringComparison.Ordinal);
    }
    /// <summary>y, [tokens, rows], of operands that are small integers: every order of sums gives the same floats.</summary>
    public static float[] Run(int tokens, int rows, int cols, Action<InterpreterMemory> run)
    {
        var memory = new InterpreterMemory();
        memory.Add(View("w", Element.F16, rows, cols));
        memory.Add(View("x", Element.F16, tokens, cols));
        InterpreterView y = View("y", Element.F32, tokens, rows);
        memory.Add(y);
        run(memory);
        return [.. Enumerable.Range(0, tokens * rows).Select(i => BitConverter.ToSingle(y.Buffer, 4 * i))];
    }

    private static InterpreterView View(string name, Element element, params int[] shape)
    {
        byte[] bytes = new byte[shape.Aggregate(1, (a, b) => a * b) * element.Bytes];
        for (int i = 0; element == Element.F16 && i < bytes.Length / 2; i++)
            BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (Half)(((i * 7) % 13) - 6));
        return new InterpreterView(name, element, bytes, 0, shape, null, null) { Uninitialized = name == "y" };
    }
}
