using System.Globalization;

namespace KernelFoundry;

/// <summary>A 16-bit float with the exponent range of <see cref="float"/>: its upper half. Arithmetic happens in float.</summary>
public readonly struct BFloat16 : IEquatable<BFloat16>, IComparable<BFloat16>
{
    private readonly ushort bits;

    private BFloat16(ushort bits) => this.bits = bits;

    /// <summary>The bits: sign, 8 bits of exponent, 7 of mantissa.</summary>
    public ushort Bits => bits;

    /// <summary>The value with these bits.</summary>
    /// <param name="bits">Sign, 8 bits of exponent, 7 of mantissa.</param>
    /// <returns>The value.</returns>
    public static BFloat16 FromBits(ushort bits) => new(bits);

    /// <summary>The nearest value to a float, ties to even. NaNs stay NaN, quieted; too large values become infinite.</summary>
    /// <param name="value">The float.</param>
    /// <returns>The value.</returns>
    public static BFloat16 FromSingle(float value)
    {
        uint word = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
            return new BFloat16((ushort)((word >> 16) | 0x40));
        return new BFloat16((ushort)((word + 0x7FFF + ((word >> 16) & 1)) >> 16));
    }

    /// <summary>The value as a float, exactly.</summary>
    /// <returns>The float.</returns>
    public float ToSingle() => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>As <see cref="FromSingle"/>.</summary>
    /// <param name="value">The float.</param>
    public static explicit operator BFloat16(float value) => FromSingle(value);

    /// <summary>As <see cref="ToSingle"/>.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator float(BFloat16 value) => value.ToSingle();

    /// <summary>Numeric equality: -0 equals 0, NaN equals nothing.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they are equal.</returns>
    public static bool operator ==(BFloat16 left, BFloat16 right) => left.ToSingle() == right.ToSingle();

    /// <summary>The opposite of ==.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they are unequal.</returns>
    public static bool operator !=(BFloat16 left, BFloat16 right) => left.ToSingle() != right.ToSingle();

    /// <summary>Numeric order.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is less.</returns>
    public static bool operator <(BFloat16 left, BFloat16 right) => left.ToSingle() < right.ToSingle();

    /// <summary>Numeric order.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is less or equal.</returns>
    public static bool operator <=(BFloat16 left, BFloat16 right) => left.ToSingle() <= right.ToSingle();

    /// <summary>Numeric order.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is greater.</returns>
    public static bool operator >(BFloat16 left, BFloat16 right) => left.ToSingle() > right.ToSingle();

    /// <summary>Numeric order.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is greater or equal.</returns>
    public static bool operator >=(BFloat16 left, BFloat16 right) => left.ToSingle() >= right.ToSingle();

    /// <summary>As <see cref="float.Equals(float)"/>: NaN equals NaN.</summary>
    /// <param name="other">The other value.</param>
    /// <returns>Whether they are equal.</returns>
    public bool Equals(BFloat16 other) => ToSingle().Equals(other.ToSingle());

    /// <summary>As <see cref="Equals(BFloat16)"/>.</summary>
    /// <param name="obj">The other object.</param>
    /// <returns>Whether it is an equal BFloat16.</returns>
    public override bool Equals(object? obj) => obj is BFloat16 other && Equals(other);

    /// <summary>As <see cref="float.GetHashCode"/>.</summary>
    /// <returns>The hash code.</returns>
    public override int GetHashCode() => ToSingle().GetHashCode();

    /// <summary>As <see cref="float.CompareTo(float)"/>: NaN is first.</summary>
    /// <param name="other">The other value.</param>
    /// <returns>Their order.</returns>
    public int CompareTo(BFloat16 other) => ToSingle().CompareTo(other.ToSingle());

    /// <summary>The value as a float's text.</summary>
    /// <returns>The text, in the invariant culture.</returns>
    public override string ToString() => ToSingle().ToString(CultureInfo.InvariantCulture);
}
