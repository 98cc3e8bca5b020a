using System.Numerics;

namespace KernelFoundry.Testing.Ptx;

/// <summary>Comparisons. Of floats, those without u are false with a NaN.</summary>
internal static class CompareFunctions
{
    public readonly struct Equal<T> : ILaneFunction<T, T, bool>
        where T : INumber<T>
    {
        public static bool Apply(T a, T b) => a == b;
    }

    // Of integers, and of floats the unordered neu.
    public readonly struct NotEqual<T> : ILaneFunction<T, T, bool>
        where T : INumber<T>
    {
        public static bool Apply(T a, T b) => a != b;
    }

    public readonly struct OrderedNotEqual<T> : ILaneFunction<T, T, bool>
        where T : INumber<T>
    {
        public static bool Apply(T a, T b) => a < b || a > b;
    }

    public readonly struct Less<T> : ILaneFunction<T, T, bool>
        where T : INumber<T>
    {
        public static bool Apply(T a, T b) => a < b;
    }

    public readonly struct LessOrEqual<T> : ILaneFunction<T, T, bool>
        where T : INumber<T>
    {
        public static bool Apply(T a, T b) => a <= b;
    }

    public readonly struct Greater<T> : ILaneFunction<T, T, bool>
        where T : INumber<T>
    {
        public static bool Apply(T a, T b) => a > b;
    }

    public readonly struct GreaterOrEqual<T> : ILaneFunction<T, T, bool>
        where T : INumber<T>
    {
        public static bool Apply(T a, T b) => a >= b;
    }

    public readonly struct NotLess<T> : ILaneFunction<T, T, bool>
        where T : INumber<T>
    {
        public static bool Apply(T a, T b) => !(a < b);
    }

    public readonly struct NotLessOrEqual<T> : ILaneFunction<T, T, bool>
        where T : INumber<T>
    {
        public static bool Apply(T a, T b) => !(a <= b);
    }

    public readonly struct NotGreater<T> : ILaneFunction<T, T, bool>
        where T : INumber<T>
    {
        public static bool Apply(T a, T b) => !(a > b);
    }

    public readonly struct NotGreaterOrEqual<T> : ILaneFunction<T, T, bool>
        where T : INumber<T>
    {
        public static bool Apply(T a, T b) => !(a >= b);
    }

    public readonly struct NotNumbers : ILaneFunction<float, float, bool>
    {
        public static bool Apply(float a, float b) => float.IsNaN(a) || float.IsNaN(b);
    }

    public readonly struct Numbers : ILaneFunction<float, float, bool>
    {
        public static bool Apply(float a, float b) => !float.IsNaN(a) && !float.IsNaN(b);
    }
}
