using System.Globalization;
using System.Text.Unicode;

namespace KernelFoundry.Inference.Formats;

/// <summary>
/// Reads a file front to back. Every read is checked against the bytes that remain; what is being read is named by
/// <see cref="Subject"/> and a field name, which cost nothing until something is wrong.
/// </summary>
internal struct GgufCursor(GgufContent content)
{
    private const int MaximumNameBytes = 65535;

    /// <summary>Position of the next byte.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes after the position.</summary>
    public readonly long Remaining => content.Length - Position;

    /// <summary>What is being read: "metadata key" or "tensor"; empty for the header.</summary>
    public string Subject { get; set; } = "";

    /// <summary>Position of the subject's length-prefixed name, or -1.</summary>
    public long SubjectName { get; set; } = -1;

    public uint ReadUInt32(string field)
    {
        Require(sizeof(uint), field);
        uint value = content.UInt32(Position);
        Position += sizeof(uint);
        return value;
    }

    public ulong ReadUInt64(string field)
    {
        Require(sizeof(ulong), field);
        ulong value = content.UInt64(Position);
        Position += sizeof(ulong);
        return value;
    }

    /// <summary>Reads a count of things that take at least <paramref name="minimumBytes"/> each, so that the count bounds memory.</summary>
    public int ReadCount(string field, int minimumBytes)
    {
        ulong count = ReadUInt64(field);
        long most = Math.Min(Remaining / minimumBytes, int.MaxValue);
        if (count > (ulong)most)
            throw Error(field, Text(count), $"at most {Text((ulong)most)}, which is what the remaining {Remaining} bytes can hold");
        return (int)count;
    }

    /// <summary>Skips a length-prefixed string.</summary>
    public void SkipText(string field)
    {
        ulong length = ReadUInt64(field);
        long most = Math.Min(Remaining, int.MaxValue);
        if (length > (ulong)most)
            throw Error(field, $"a string of {Text(length)} bytes", $"at most {most} bytes, with {Remaining} left in the file");
        Position += (long)length;
    }

    /// <summary>Reads the name that a metadata entry or tensor begins with and makes it the subject. Returns its position.</summary>
    public long ReadName(string subject, int index)
    {
        Subject = "";
        long start = Position;
        string field = subject == "tensor" ? "a tensor's name" : "a metadata key";
        SkipText(field);
        var name = content.Text(start);
        if (name.IsEmpty || name.Length > MaximumNameBytes || !Utf8.IsValid(name))
        {
            string found = name.Length > MaximumNameBytes ? $"{name.Length} bytes long" : InvalidModelException.Quote(name);
            throw Error($"the name of {subject} number {index}", found, $"1 to {MaximumNameBytes} bytes of UTF-8");
        }

        (Subject, SubjectName) = (subject, start);
        return start;
    }

    /// <summary>Skips bytes whose count has been computed without overflow.</summary>
    public void Skip(long bytes, string field)
    {
        Require(bytes, field);
        Position += bytes;
    }

    /// <summary>The exception for a defect in <paramref name="field"/> of the subject.</summary>
    public readonly InvalidModelException Error(string field, string found, string expected)
    {
        string where = Subject.Length == 0 ? field : $"{Subject} {InvalidModelException.Quote(content.Text(SubjectName))}, {field}";
        return new InvalidModelException(content.Name, where, found, expected);
    }

    public static string Text(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    private readonly void Require(long bytes, string field)
    {
        if (bytes > Remaining)
            throw Error(field, $"cut off at byte {Position} with {Remaining} left", $"{bytes} more bytes");
    }
}
