namespace KernelFoundry.Testing.Tests.Groups;

/// <summary>What the emulator finds in group code: each test is a group of four work-items that does one thing wrong, or nothing.</summary>
public sealed unsafe class EmulatedGroupTests
{
    private const int Items = 4;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Neighbours_meet_at_a_barrier(bool isBackward)
    {
        EmulatedGroup group = Group(isBackward);
        ForEach(group, item => group.Local.Put(item, item));
        group.Barrier();
        var seen = new List<int>();
        ForEach(group, item => seen.Add(group.Local.Get((item + 1) % Items)));
        Assert.Equal(isBackward ? [0, 3, 2, 1] : [1, 2, 3, 0], seen);
    }

    [Fact]
    public void A_neighbours_word_without_a_barrier_is_a_race() => Fails("work-item 1 read word 0 of the group's memory, which work-item 0 wrote", group =>
        ForEach(group, item =>
        {
            group.Local.Put(item, item);
            if (item > 0)
                group.Local.Get(item - 1);
        }));

    [Fact]
    public void A_word_two_write_is_a_race() => Fails("work-item 1 wrote word 0 of the group's memory, which work-item 0 wrote", group =>
        ForEach(group, _ => group.Local.Put(0, 1)));

    [Fact]
    public void A_word_written_after_others_read_it_is_a_race() => Fails("work-item 2 wrote word 3 of the group's memory, which work-item 0 read", group =>
    {
        ForEach(group, item => group.Local.Put(item, 0));
        group.Barrier();
        ForEach(group, item =>
        {
            if (item == 0)
                group.Local.Get(3);
            else if (item == 2)
                group.Local.Put(3, 0);
        });
    });

    [Fact]
    public void What_all_read_nobody_may_write_before_a_barrier() => Fails("work-item 0 wrote word 0 of the group's memory, which every work-item read", group =>
    {
        ForEach(group, item => group.Local.Put(item, 0));
        group.Barrier();
        group.Local.Get(0);
        ForEach(group, item => group.Local.Put(item, 1));
    });

    [Fact]
    public void A_result_all_read_needs_a_barrier() => Fails("every work-item read word 0 of the group's memory, which work-item 0 wrote", group =>
    {
        ForEach(group, item => group.Local.Put(item, item));
        group.Local.Get(0);
    });

    [Fact]
    public void What_nothing_has_written_cannot_be_read() => Fails("which nothing had written", group => group.Local.Get(2));

    [Fact]
    public void Memory_ends() => Fails("word 4 of the group's memory, which has 4", group => group.Local.Put(Items, 0));

    [Fact]
    public void A_barrier_is_for_all() => Fails("Work-item 0 came to a barrier", group => ForEach(group, _ => group.Barrier()));

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(8, 1)]
    [InlineData(2, 4)]
    [InlineData(-1, 4)]
    [InlineData(long.MaxValue, 4)]
    public void A_view_ends(long index, int bytes)
    {
        byte* memory = stackalloc byte[8];
        var view = new EmulatedView(memory, 8, 3);
        Assert.True(view.At(0, bytes) == memory);
        string message = Message(() => view.At(index, bytes));
        Assert.Contains("view 3", message, StringComparison.Ordinal);
    }

    private static EmulatedGroup Group(bool isBackward = false) => new(0, 0, 0, Items * 4, isBackward);

    private static void ForEach(EmulatedGroup group, Action<int> body)
    {
        for (int item = group.First(Items); item >= 0; item = group.Next(item, Items))
            body(item);
    }

    private static void Fails(string message, Action<EmulatedGroup> body) => Assert.Contains(message, Message(() => body(Group())), StringComparison.Ordinal);

    private static string Message(Action body) => Assert.Throws<KernelExecutionException>(body).Message;
}
