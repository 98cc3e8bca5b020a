using System.Runtime.CompilerServices;

namespace KernelFoundry.Inference.Tokenizers.Patterns;

/// <summary>
/// Code points by what a pattern can tell apart: two that are in the same of its sets have the same class. A table of pages of 256
/// finds the class; pages that are alike are kept once.
/// </summary>
internal sealed class CodePointClasses
{
    /// <summary>Sets are the bits of a word.</summary>
    public const int MaximumSets = 64;
    private const int PageSize = 256;
    private readonly ushort[] _pages = new ushort[(CodePointSet.Last + 1) / PageSize];
    private readonly byte[] _classes;
    private readonly List<ulong> _members = [];

    /// <exception cref="PatternException">There are more classes than a byte can number.</exception>
    public CodePointClasses(string pattern, IReadOnlyList<CodePointSet> sets)
    {
        var pages = new List<byte[]>();
        var known = new Dictionary<string, ushort>();
        byte[] page = new byte[PageSize];
        var members = new MemberScan(sets);
        int number = 0, end = 0;
        for (int codePoint = 0; codePoint <= CodePointSet.Last; codePoint++)
        {
            if (codePoint == end)
            {
                ulong bits = members.Next(codePoint, out end);
                number = _members.IndexOf(bits);
                if (number < 0)
                {
                    number = _members.Count;
                    _members.Add(bits);
                    if (number > byte.MaxValue)
                        throw new PatternException(pattern, $"telling more than {byte.MaxValue + 1} classes of characters apart");
                }
            }

            page[codePoint % PageSize] = (byte)number;
            if (codePoint % PageSize != PageSize - 1)
                continue;
            string key = Convert.ToBase64String(page);
            if (!known.TryGetValue(key, out ushort index))
            {
                index = (ushort)pages.Count;
                known.Add(key, index);
                pages.Add((byte[])page.Clone());
            }

            _pages[codePoint / PageSize] = index;
        }

        _classes = [.. pages.SelectMany(each => each)];
    }

    /// <summary>The classes of ASCII, which most text is.</summary>
    public ReadOnlySpan<byte> Ascii => _classes.AsSpan(_pages[0] * PageSize, 0x80);

    /// <summary>Number of classes.</summary>
    public int Count => _members.Count;

    /// <summary>The class of a code point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(int codePoint) => _classes[(_pages[codePoint / PageSize] * PageSize) + (codePoint % PageSize)];

    /// <summary>True where the code points of a class are in a set.</summary>
    public bool IsIn(int number, int set) => (_members[number] >> set & 1) != 0;

    /// <summary>Walks along the sets' ranges.</summary>
    private sealed class MemberScan(IReadOnlyList<CodePointSet> sets)
    {
        private readonly int[] _at = new int[sets.Count];

        /// <summary>Which sets a code point is in, and up to where that holds. Code points must rise.</summary>
        public ulong Next(int codePoint, out int end)
        {
            ulong bits = 0;
            end = CodePointSet.Last + 1;
            for (int i = 0; i < sets.Count; i++)
            {
                var ranges = sets[i].Ranges;
                while (_at[i] < ranges.Length && ranges[_at[i]].Last < codePoint)
                    _at[i]++;
                if (_at[i] == ranges.Length)
                    continue;
                var (first, last) = ranges[_at[i]];
                bits |= first <= codePoint ? 1UL << i : 0;
                end = Math.Min(end, first <= codePoint ? last + 1 : first);
            }

            return bits;
        }
    }
}
