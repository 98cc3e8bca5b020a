namespace KernelFoundry.Testing;

/// <summary>The primitives of group code, for the group this thread runs.</summary>
internal readonly unsafe struct EmulatedPrimitives : IGroup<EmulatedView, EmulatedLocal>
{
    [ThreadStatic]
    private static EmulatedGroup? current;

    private static EmulatedGroup Group => current!;

    /// <summary>Runs a whole group.</summary>
    public static void Run<TKernel>(EmulatedGroup group, in GroupViews<EmulatedView> views, in GroupSlots slots)
        where TKernel : struct, IGroupKernel
    {
        current = group;
        try
        {
            TKernel.Run<EmulatedPrimitives, EmulatedView, EmulatedLocal>(views, slots);
        }
        finally
        {
            current = null;
        }
    }

    public static int Program(int axis) => axis switch
    {
        0 => Group.Program.X,
        1 => Group.Program.Y,
        _ => Group.Program.Z,
    };

    public static int First(int workGroup) => Group.First(workGroup);

    public static int Next(int item, int workGroup) => Group.Next(item, workGroup);

    public static void Barrier() => Group.Barrier();

    public static float KeepFloat(int register, int item, float value) => FromBits(Group.Registers.Keep(register, item, Bits(value)));

    public static int KeepInt(int register, int item, int value) => Group.Registers.Keep(register, item, value);

    public static float KeptFloat(int register, int item, float own) => FromBits(Group.Registers.Kept(register, item));

    public static int KeptInt(int register, int item, int own) => Group.Registers.Kept(register, item);

    public static float ShuffleXorFloat(EmulatedLocal local, int exchange, int register, int item, float own, int mask) =>
        FromBits(Group.Registers.Kept(register, item ^ mask));

    public static int ShuffleXorInt(EmulatedLocal local, int exchange, int register, int item, int own, int mask) => Group.Registers.Kept(register, item ^ mask);

    public static EmulatedLocal Local(int words) => words <= Group.Words
        ? Group.Local
        : throw new KernelExecutionException($"Group code wants {words} words of memory; the launch's plan says {Group.Words}.");

    public static EmulatedLocal LocalOfLaunch() => Group.Local;

    public static int GetInt(EmulatedLocal local, int index) => local.Get(index);

    public static float GetFloat(EmulatedLocal local, int index) => BitConverter.Int32BitsToSingle(local.Get(index));

    public static void PutInt(EmulatedLocal local, int index, int value) => local.Put(index, value);

    public static void PutFloat(EmulatedLocal local, int index, float value) => local.Put(index, BitConverter.SingleToInt32Bits(value));

    public static int LoadByte(EmulatedView view, long index) => *view.At(index, 1);

    public static int LoadShort(EmulatedView view, long index) => *(ushort*)view.At(index, 2);

    public static int LoadInt(EmulatedView view, long index) => *(int*)view.At(index, 4);

    public static float LoadFloat(EmulatedView view, long index) => *(float*)view.At(index, 4);

    public static void StoreByte(EmulatedView view, long index, int value) => *view.At(index, 1) = (byte)value;

    public static void StoreShort(EmulatedView view, long index, int value) => *(ushort*)view.At(index, 2) = (ushort)value;

    public static void StoreInt(EmulatedView view, long index, int value) => *(int*)view.At(index, 4) = value;

    public static void StoreFloat(EmulatedView view, long index, float value) => *(float*)view.At(index, 4) = value;

    public static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    public static float Sqrt(float x) => MathF.Sqrt(x);

    public static float Floor(float x) => MathF.Floor(x);

    public static float Round(float x) => MathF.Round(x);

    public static float Rem(float x, float y) => x % y;

    public static int Bits(float x) => BitConverter.SingleToInt32Bits(x);

    public static float FromBits(int bits) => BitConverter.Int32BitsToSingle(bits);
}
