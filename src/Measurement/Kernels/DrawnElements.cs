using System.Runtime.InteropServices;

namespace KernelFoundry.Measurement;

/// <summary>Contents of views for measuring: numbers of ordinary size within the record's range.</summary>
internal static class DrawnElements
{
    // A stretch is drawn once and repeated: the time of a launch does not depend on which numbers they are.
    private const int Drawn = 1 << 16;

    public static void Fill(DeviceMemory memory, ElementInfo element, KernelParameterInfo view, Random random)
    {
        // Quantized blocks of equal bytes have a small normal scale in every format that stores one as a float.
        if (element.IsQuantized)
        {
            TouchedMemory.Touch(memory);
            return;
        }

        byte[] bytes = Draw(element, view, random, (int)Math.Min(Drawn, memory.ByteLength / element.BlockBytes));
        for (long offset = 0; offset < memory.ByteLength; offset += bytes.Length)
            memory.Write(offset, bytes.AsSpan(0, (int)Math.Min(bytes.Length, memory.ByteLength - offset)));
    }

    private static byte[] Draw(ElementInfo element, KernelParameterInfo view, Random random, int count)
    {
        return element.Name switch
        {
            "float" => Draw(count, () => (float)Real()),
            "Half" => Draw(count, () => (Half)Real()),
            "BFloat16" => Draw(count, () => BFloat16.FromSingle((float)Real())),
            "int" => Draw(count, () => Integer(-100, 101)),
            "sbyte" => Draw(count, () => (sbyte)Integer(sbyte.MinValue, sbyte.MaxValue + 1)),
            "byte" => Draw(count, () => (byte)Integer(0, 256)),
            _ => throw new ArgumentException($"Nothing is known of elements of type {element.Name}.", nameof(element)),
        };

        double Real() => (view.Low ?? -1) + (((view.High ?? 1) - (view.Low ?? -1)) * random.NextDouble());
        int Integer(int low, int end) => random.Next((int)(view.Low ?? low), (int)(view.High ?? end));
    }

    private static byte[] Draw<T>(int count, Func<T> draw)
        where T : unmanaged
    {
        var values = new T[count];
        for (int i = 0; i < count; i++)
            values[i] = draw();
        return MemoryMarshal.AsBytes<T>(values).ToArray();
    }
}
