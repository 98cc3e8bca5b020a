using System.ComponentModel;

namespace KernelFoundry;

/// <summary>The arithmetic of generated group code that C# has no operator for, from whatever runs it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGroupMath
{
    /// <summary>a b + c, rounded once.</summary>
    static abstract float Fma(float a, float b, float c);

    /// <summary>The square root, correctly rounded.</summary>
    static abstract float Sqrt(float x);

    /// <summary>The greatest integer that is not above x.</summary>
    static abstract float Floor(float x);

    /// <summary>The integer nearest x; of two the even one.</summary>
    static abstract float Round(float x);

    /// <summary>x - y trunc(x / y), exactly.</summary>
    static abstract float Rem(float x, float y);

    /// <summary>The bits of a float.</summary>
    static abstract int Bits(float x);

    /// <summary>The float of some bits.</summary>
    static abstract float FromBits(int bits);
}
