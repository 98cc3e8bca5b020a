using System.Runtime.CompilerServices;

namespace KernelFoundry;

internal interface IUnary<T, R>
{
    static abstract R Apply(T a);
}

internal interface IBinary<T, R>
{
    static abstract R Apply(T a, T b);
}

internal interface ITernary<T0, T, R>
{
    static abstract R Apply(T0 a, T b, T c);
}

/// <summary>
/// The operators of tiles on one value. Each is written once for every element type: the tests on <c>typeof(T)</c> are constants to the JIT.
/// Integers wrap, int.MinValue / -1 included.
/// </summary>
internal static class ScalarOperations
{
    public readonly struct Add<T> : IBinary<T, T>
    {
        public static T Apply(T a, T b)
        {
            if (typeof(T) == typeof(float))
                return To<float, T>(F(a) + F(b));
            if (typeof(T) == typeof(int))
                return To<int, T>(I(a) + I(b));
            if (typeof(T) == typeof(uint))
                return To<uint, T>(U(a) + U(b));
            throw TileElement.Lacks<T>("+");
        }
    }

    public readonly struct Subtract<T> : IBinary<T, T>
    {
        public static T Apply(T a, T b)
        {
            if (typeof(T) == typeof(float))
                return To<float, T>(F(a) - F(b));
            if (typeof(T) == typeof(int))
                return To<int, T>(I(a) - I(b));
            if (typeof(T) == typeof(uint))
                return To<uint, T>(U(a) - U(b));
            throw TileElement.Lacks<T>("-");
        }
    }

    public readonly struct Multiply<T> : IBinary<T, T>
    {
        public static T Apply(T a, T b)
        {
            if (typeof(T) == typeof(float))
                return To<float, T>(F(a) * F(b));
            if (typeof(T) == typeof(int))
                return To<int, T>(I(a) * I(b));
            if (typeof(T) == typeof(uint))
                return To<uint, T>(U(a) * U(b));
            throw TileElement.Lacks<T>("*");
        }
    }

    public readonly struct Divide<T> : IBinary<T, T>
    {
        public static T Apply(T a, T b)
        {
            if (typeof(T) == typeof(float))
                return To<float, T>(F(a) / F(b));
            if (typeof(T) == typeof(int))
                return To<int, T>(I(b) == -1 ? -I(a) : I(a) / I(b));
            if (typeof(T) == typeof(uint))
                return To<uint, T>(U(a) / U(b));
            throw TileElement.Lacks<T>("/");
        }
    }

    public readonly struct Remainder<T> : IBinary<T, T>
    {
        public static T Apply(T a, T b)
        {
            if (typeof(T) == typeof(float))
                return To<float, T>(F(a) % F(b));
            if (typeof(T) == typeof(int))
                return To<int, T>(I(b) == -1 ? 0 : I(a) % I(b));
            if (typeof(T) == typeof(uint))
                return To<uint, T>(U(a) % U(b));
            throw TileElement.Lacks<T>("%");
        }
    }

    public readonly struct And<T> : IBinary<T, T>
    {
        public static T Apply(T a, T b)
        {
            if (typeof(T) == typeof(bool))
                return To<bool, T>(B(a) & B(b));
            if (typeof(T) == typeof(int) || typeof(T) == typeof(uint))
                return To<uint, T>(U(a) & U(b));
            throw TileElement.Lacks<T>("&");
        }
    }

    public readonly struct Or<T> : IBinary<T, T>
    {
        public static T Apply(T a, T b)
        {
            if (typeof(T) == typeof(bool))
                return To<bool, T>(B(a) | B(b));
            if (typeof(T) == typeof(int) || typeof(T) == typeof(uint))
                return To<uint, T>(U(a) | U(b));
            throw TileElement.Lacks<T>("|");
        }
    }

    public readonly struct Xor<T> : IBinary<T, T>
    {
        public static T Apply(T a, T b)
        {
            if (typeof(T) == typeof(bool))
                return To<bool, T>(B(a) ^ B(b));
            if (typeof(T) == typeof(int) || typeof(T) == typeof(uint))
                return To<uint, T>(U(a) ^ U(b));
            throw TileElement.Lacks<T>("^");
        }
    }

    public readonly struct ShiftLeft<T> : IBinary<T, T>
    {
        public static T Apply(T a, T b)
        {
            if (typeof(T) == typeof(int) || typeof(T) == typeof(uint))
                return To<int, T>(I(a) << I(b));
            throw TileElement.Lacks<T>("<<");
        }
    }

    public readonly struct ShiftRight<T> : IBinary<T, T>
    {
        public static T Apply(T a, T b)
        {
            if (typeof(T) == typeof(int))
                return To<int, T>(I(a) >> I(b));
            if (typeof(T) == typeof(uint))
                return To<uint, T>(U(a) >> I(b));
            throw TileElement.Lacks<T>(">>");
        }
    }

    public readonly struct EqualTo<T> : IBinary<T, bool>
    {
        public static bool Apply(T a, T b)
        {
            if (typeof(T) == typeof(float))
                return F(a) == F(b);
            if (typeof(T) == typeof(int) || typeof(T) == typeof(uint))
                return I(a) == I(b);
            if (typeof(T) == typeof(bool))
                return B(a) == B(b);
            throw TileElement.Lacks<T>("==");
        }
    }

    public readonly struct LessThan<T> : IBinary<T, bool>
    {
        public static bool Apply(T a, T b)
        {
            if (typeof(T) == typeof(float))
                return F(a) < F(b);
            if (typeof(T) == typeof(int))
                return I(a) < I(b);
            if (typeof(T) == typeof(uint))
                return U(a) < U(b);
            throw TileElement.Lacks<T>("<");
        }
    }

    public readonly struct LessOrEqual<T> : IBinary<T, bool>
    {
        public static bool Apply(T a, T b)
        {
            if (typeof(T) == typeof(float))
                return F(a) <= F(b);
            if (typeof(T) == typeof(int))
                return I(a) <= I(b);
            if (typeof(T) == typeof(uint))
                return U(a) <= U(b);
            throw TileElement.Lacks<T>("<=");
        }
    }

    public readonly struct Negate<T> : IUnary<T, T>
    {
        public static T Apply(T a)
        {
            if (typeof(T) == typeof(float))
                return To<float, T>(-F(a));
            if (typeof(T) == typeof(int))
                return To<int, T>(-I(a));
            throw TileElement.Lacks<T>("unary -");
        }
    }

    public readonly struct Complement<T> : IUnary<T, T>
    {
        public static T Apply(T a)
        {
            if (typeof(T) == typeof(int) || typeof(T) == typeof(uint))
                return To<int, T>(~I(a));
            throw TileElement.Lacks<T>("~");
        }
    }

    public readonly struct Not<T> : IUnary<T, T>
    {
        public static T Apply(T a)
        {
            if (typeof(T) == typeof(bool))
                return To<bool, T>(!B(a));
            throw TileElement.Lacks<T>("!");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float F<T>(T value) => Unsafe.As<T, float>(ref value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int I<T>(T value) => Unsafe.As<T, int>(ref value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint U<T>(T value) => Unsafe.As<T, uint>(ref value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool B<T>(T value) => Unsafe.As<T, bool>(ref value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static sbyte S<T>(T value) => Unsafe.As<T, sbyte>(ref value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T To<TFrom, T>(TFrom value) => Unsafe.As<TFrom, T>(ref value);
}
