using System.Text;
using System.Text.RegularExpressions;
using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Filters;

/// <summary>
/// The filter <c>wordwrap</c>: each line is cut into lines of a width as Python's <c>textwrap</c> cuts (its documentation, "TextWrapper"): between words, after hyphens in them,
/// before dashes; words that are too long where the width ends. Lengths are in code points.
/// </summary>
internal static partial class WordWrap
{
    // Spaces; a dash between words; or a word up to a hyphen between letters, its end, or a dash. Letters and digits as Python's \w has them.
    private const string Part = @"[\p{L}\p{N}_!""'&.,?]", Letter = @"[\p{L}\p{Nl}\p{No}_]", Space = @"[\t\n\v\f\r ]", NoSpace = @"[^\t\n\v\f\r ]", Word = @"[\p{L}\p{N}_]";
    private const string Chunk = $@"{Space}+|(?<={Part})-{{2,}}(?={Word})|{NoSpace}+?(?:-(?:(?<={Letter}{{2}}-)|(?<={Letter}-{Part}-))(?={Letter}-?{Letter})|(?={Space}|\z)|(?<={Part})(?=-{{2,}}{Word}))";

    /// <summary>Wraps a text.</summary>
    /// <param name="context">Counts steps and memory.</param>
    /// <param name="text">The text.</param>
    /// <param name="width">Most code points of a line; at least 1.</param>
    /// <param name="breaksLongWords">Cut words that are longer than a line.</param>
    /// <param name="separator">What stands between lines.</param>
    /// <param name="breaksAtHyphens">Cut after hyphens.</param>
    public static TemplateValue Apply(RenderContext context, string text, long width, bool breaksLongWords, string separator, bool breaksAtHyphens)
    {
        List<string> wrapped = [];
        foreach (string line in PythonString.SplitLines(context, text, keepEnds: false))
        {
            context.Step(1 + (line.Length / 8));
            var lines = new Lines(context, width, breaksLongWords, breaksAtHyphens);
            foreach (Match chunk in (breaksAtHyphens ? Chunks() : Spaces()).Matches(line))
                lines.Add(chunk.Value);
            wrapped.Add(string.Join(separator, lines.Finish()));
            context.ReserveText(wrapped[^1].Length + separator.Length);
        }

        return TemplateValue.From(string.Join(separator, wrapped));
    }

    [GeneratedRegex(Chunk, RegexOptions.CultureInvariant)]
    private static partial Regex Chunks();

    [GeneratedRegex($"{Space}+|{NoSpace}+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();

    /// <summary>Puts chunks into lines.</summary>
    private sealed class Lines(RenderContext context, long width, bool breaksLongWords, bool breaksAtHyphens)
    {
        private readonly List<string> _lines = [];
        private readonly List<string> _line = [];
        private long _length;

        public void Add(string chunk)
        {
            var rest = new StringValue(chunk);
            while (true)
            {
                // A line does not begin with spaces, but for the first.
                if (_line.Count == 0 && _lines.Count > 0 && IsSpace(rest.Text))
                    return;
                if (_length + rest.Length <= width)
                    break;
                if (rest.Length <= width || (!breaksLongWords && _line.Count > 0))
                {
                    End();
                    continue;
                }

                if (!breaksLongWords)
                    break;
                context.Step(1 + (rest.Text.Length / 8));
                int end = rest.OffsetOf((int)CutAt(rest));
                _line.Add(rest.Text[..end]);
                rest = new StringValue(rest.Text[end..]);
                End();
                if (rest.Text.Length == 0)
                    return;
            }

            _line.Add(rest.Text);
            _length += rest.Length;
            if (_length > width)
                End();
        }

        public List<string> Finish()
        {
            End();
            return _lines;
        }

        private long CutAt(StringValue word)
        {
            long left = width - _length;
            if (!breaksAtHyphens)
                return left;
            int hyphen = word.Text[..word.OffsetOf((int)left)].LastIndexOf('-');
            return hyphen > 0 && word.Text.AsSpan(0, hyphen).IndexOfAnyExcept('-') >= 0 ? new StringValue(word.Text[..(hyphen + 1)]).Length : left;
        }

        private void End()
        {
            if (_line.Count > 0 && IsSpace(_line[^1]))
                _line.RemoveAt(_line.Count - 1);
            if (_line.Count > 0)
                _lines.Add(string.Concat(_line));
            _line.Clear();
            _length = 0;
        }

        private static bool IsSpace(string text) => text.All(PythonCharacter.IsSpace);
    }
}
