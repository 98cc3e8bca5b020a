using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Tests.Interpreter;

/// <summary>Views over arrays, and their contents.</summary>
internal static class Memories
{
    public static InterpreterView Floats(string name, int[] extents, params float[] values)
    {
        var buffer = new byte[extents.Aggregate(1, (a, b) => a * b) * 4];
        Buffer.BlockCopy(values, 0, buffer, 0, values.Length * 4);
        return new InterpreterView(name, Element.F32, buffer, 0, extents);
    }

    public static InterpreterView Ints(string name, int[] extents, params int[] values)
    {
        var buffer = new byte[extents.Aggregate(1, (a, b) => a * b) * 4];
        Buffer.BlockCopy(values, 0, buffer, 0, values.Length * 4);
        return new InterpreterView(name, Element.I32, buffer, 0, extents);
    }

    /// <summary>Memory nothing has written, for outputs.</summary>
    public static InterpreterView Output(string name, params int[] extents) =>
        new(name, Element.F32, new byte[extents.Aggregate(1, (a, b) => a * b) * 4], 0, extents) { Uninitialized = true };

    public static float[] Floats(this InterpreterMemory memory, string view)
    {
        byte[] buffer = memory.Views[view].Buffer;
        var values = new float[buffer.Length / 4];
        Buffer.BlockCopy(buffer, 0, values, 0, buffer.Length);
        return values;
    }

    public static int[] Ints(this InterpreterMemory memory, string view) => [.. memory.Floats(view).Select(BitConverter.SingleToInt32Bits)];
}
