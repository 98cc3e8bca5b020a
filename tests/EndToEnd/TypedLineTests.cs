using KernelFoundry.Cli.Chat;

namespace KernelFoundry.EndToEnd.Tests;

/// <summary>Lines typed at <c>kf chat</c>'s prompt, key by key.</summary>
public class TypedLineTests
{
    private static readonly string[] s_history = ["first", "second line"];

    [Theory]
    [InlineData("abc", "abc", 3)]
    [InlineData("abc<<X", "aXbc", 2)]
    [InlineData("abc<Bd", "adc", 2)]
    [InlineData("abc<<D>", "ac", 2)]
    [InlineData("one twoW", "one ", 4)]
    [InlineData("one two<<<KX", "one X", 5)]
    [InlineData("one two<<<U", "two", 0)]
    [InlineData("one twoHXEY", "Xone twoY", 9)]
    [InlineData("^", "second line", 11)]
    [InlineData("^^^", "first", 5)]
    [InlineData("new^^v", "second line", 11)]
    [InlineData("new^^vv", "new", 3)]
    [InlineData("new^v!", "new!", 4)]
    [InlineData("B<D>", "", 0)]
    [InlineData("\ud83d\ude00x<<D", "x", 0)]
    [InlineData("\ud83d\ude00B", "", 0)]
    public void KeysChangeTheLineAsInAShell(string keys, string text, int place)
    {
        var line = new TypedLine(s_history);
        foreach (char key in keys)
            Assert.Equal(TypedLine.Outcome.GoesOn, line.Press(Key(key)));
        Assert.Equal((text, place), (line.Text, line.Place));
    }

    [Fact]
    public void ControlDEndsAnEmptyLineAndDeletesInAnother()
    {
        var d = new ConsoleKeyInfo('\x04', ConsoleKey.D, false, false, true);
        Assert.Equal(TypedLine.Outcome.Ended, new TypedLine([]).Press(d));
        var line = new TypedLine([]);
        line.Press(Key('a'));
        line.Press(Key('H'));
        Assert.Equal(TypedLine.Outcome.GoesOn, line.Press(d));
        Assert.Equal("", line.Text);
        Assert.Equal(TypedLine.Outcome.GivenUp, line.Press(new ConsoleKeyInfo('\x03', ConsoleKey.C, false, false, true)));
        Assert.Equal(TypedLine.Outcome.Entered, line.Press(new ConsoleKeyInfo('\n', ConsoleKey.Enter, false, false, false)));
    }

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("日本", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("\ud83d\ude00!", 3)]
    public void WideCharactersTakeTwoColumns(string text, int columns) => Assert.Equal(columns, TerminalLines.Columns(text));

    // Capitals that stand for keys are not typed in these tests.
    private static ConsoleKeyInfo Key(char key) => key switch
    {
        '<' => Plain(ConsoleKey.LeftArrow),
        '>' => Plain(ConsoleKey.RightArrow),
        '^' => Plain(ConsoleKey.UpArrow),
        'v' => Plain(ConsoleKey.DownArrow),
        'B' => Plain(ConsoleKey.Backspace),
        'D' => Plain(ConsoleKey.Delete),
        'H' => Plain(ConsoleKey.Home),
        'E' => Plain(ConsoleKey.End),
        'W' => Control(ConsoleKey.W),
        'U' => Control(ConsoleKey.U),
        'K' => Control(ConsoleKey.K),
        _ => new ConsoleKeyInfo(key, ConsoleKey.None, false, false, false),
    };

    private static ConsoleKeyInfo Plain(ConsoleKey key) => new('\0', key, false, false, false);

    private static ConsoleKeyInfo Control(ConsoleKey key) => new('\0', key, false, false, true);
}
