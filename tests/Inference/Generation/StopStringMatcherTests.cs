using KernelFoundry.Inference.Generation;

namespace KernelFoundry.Inference.Tests.Generation;

public class StopStringMatcherTests
{
    [Fact]
    public void EveryCutOfATextStopsAtTheSamePlace()
    {
        const string text = "one two abab stop here";
        string[][] stops = [["stop"], ["abab", "aba"], ["ababa", "stop"], ["two", "o t"], ["zzz"], ["e"], [], ["here", "here!"],
            ["hereafter"]];
        foreach (string[] list in stops)
        {
            string expected = text[..list.Select(s => text.IndexOf(s, StringComparison.Ordinal)).Where(i => i >= 0)
                .DefaultIfEmpty(text.Length).Min()];
            for (int piece = 1; piece <= text.Length; piece++)
            {
                var matcher = new StopStringMatcher(list);
                string passed = "";
                for (int at = 0; at < text.Length; at += piece)
                    passed += matcher.Append(text.AsSpan(at, Math.Min(piece, text.Length - at)));
                Assert.Equal(expected.Length < text.Length, matcher.IsStopped);
                Assert.Equal(expected, passed + matcher.Flush());
            }
        }
    }

    [Fact]
    public void OnlyTextThatMayBecomeAStopIsHeldBack()
    {
        var matcher = new StopStringMatcher(["\nUser:", "END"]);
        Assert.Equal("hello", matcher.Append("hello"));
        Assert.Equal(" E", matcher.Append(" EE"));
        Assert.Equal("Ex", matcher.Append("x"));
        Assert.Equal("", matcher.Append("\nUse"));
        Assert.Equal("\nUseful", matcher.Append("ful"));
        Assert.Equal("", matcher.Append("EN"));
        Assert.False(matcher.IsStopped);
        Assert.Equal("", matcher.Append("D and more"));
        Assert.True(matcher.IsStopped);
        Assert.Equal("", matcher.Append("more"));
        Assert.Equal("", matcher.Flush());
    }

    [Fact]
    public void HeldTextComesAtTheEnd()
    {
        var matcher = new StopStringMatcher(["END"]);
        Assert.Equal("the ", matcher.Append("the EN"));
        Assert.Equal("EN", matcher.Flush());
        Assert.Equal("", matcher.Flush());
    }
}
