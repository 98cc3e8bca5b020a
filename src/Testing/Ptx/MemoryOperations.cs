using System.Globalization;
using System.Numerics;
using static KernelFoundry.Testing.Ptx.IntegerFunctions;

namespace KernelFoundry.Testing.Ptx;

/// <summary>Loads, stores, atomic updates and asynchronous copies.</summary>
internal static class MemoryOperations
{
    private static readonly PtxType[] Types =
    [
        PtxType.B8, PtxType.U8, PtxType.S8, PtxType.B16, PtxType.U16, PtxType.S16, PtxType.B32, PtxType.U32, PtxType.S32, PtxType.F32, PtxType.B64, PtxType.U64,
        PtxType.S64, PtxType.F64,
    ];

    private static readonly int[] Counts = [1, 2, 4];

    private static readonly string[] Levels = ["ca", "cg"];

    public static IEnumerable<PtxOperation> All =>
    [
        .. Types.Where(type => PtxTypes.Bytes(type) >= 4).Select(Parameter),
        .. Types.SelectMany(type => Counts.Where(count => count * PtxTypes.Bytes(type) <= 16).SelectMany(count => Access(type, count))),
        .. Atomics<uint>("u32"), .. Atomics<int>("s32"), Atomic<uint, And<uint>>("and", "b32", false), Atomic<uint, Or<uint>>("or", "b32", false),
        Atomic<uint, And<uint>>("and", "b32", true), Atomic<uint, Or<uint>>("or", "b32", true),
        Atomic<float, FloatFunctions.Add>("add", "f32", false), Atomic<float, FloatFunctions.Add>("add", "f32", true),
        new("red.global.add.f32", "[global] f32", s => new AtomicGlobalStep<float, FloatFunctions.Add>(null, s[0], s[1])),
        new("red.global.add.u32", "[global] u32", s => new AtomicGlobalStep<uint, Add<uint>>(null, s[0], s[1])),
        .. Levels.Select(Copy),
        new("cp.async.commit_group", "", _ => new CommitStep(), 80),
        new("cp.async.wait_group", "#", s => new WaitGroupStep(s[0]), 80),
        new("cp.async.wait_all", "", _ => new WaitAllStep(), 80),
        .. Counts.SelectMany(Matrices),
    ];

    private static PtxOperation Parameter(PtxType type) => new(
        $"ld.param.{PtxTypes.Name(type)}", $"={PtxTypes.Name(type)} [param]",
        s => PtxTypes.Bytes(type) == 8 ? new ParameterStep<long>(s[0], s[1]) : new ParameterStep<int>(s[0], s[1]));

    private static IEnumerable<PtxOperation> Access(PtxType type, int count)
    {
        string name = PtxTypes.Name(type);
        string vector = count == 1 ? "" : $".v{count.ToString(CultureInfo.InvariantCulture)}";
        string registers = count == 1 ? $"~{name}" : $"{name}*{count.ToString(CultureInfo.InvariantCulture)}";

        // Elements of less than 32 bits in a vector are registers of theirs, of 16 bits; bytes have none.
        if (count > 1 && PtxTypes.Bytes(type) == 1)
            yield break;
        foreach (bool isShared in new[] { false, true })
        {
            string space = isShared ? "shared" : "global";
            yield return new($"ld.{space}{vector}.{name}", $"={registers} [{space}]", s => Load(type, isShared, s[0], s[1]));
            yield return new($"st.{space}{vector}.{name}", $"[{space}] {registers}", s => Store(type, isShared, s[0], s[1]));
        }
    }

    private static PtxStep Load(PtxType type, bool isShared, PtxSlot d, PtxSlot address) => type switch
    {
        PtxType.B8 or PtxType.U8 => Load<byte>(isShared, d, address),
        PtxType.S8 => Load<sbyte>(isShared, d, address),
        PtxType.B16 or PtxType.U16 => Load<ushort>(isShared, d, address),
        PtxType.S16 when PtxTypes.Bytes(d.Type) == 2 => Load<ushort>(isShared, d, address),
        PtxType.S16 => Load<short>(isShared, d, address),
        PtxType.S32 => Load<int>(isShared, d, address),
        PtxType.B32 or PtxType.U32 or PtxType.F32 => Load<uint>(isShared, d, address),
        _ => Load<ulong>(isShared, d, address),
    };

    private static PtxStep Load<TMemory>(bool isShared, PtxSlot d, PtxSlot address)
        where TMemory : unmanaged, IBinaryInteger<TMemory> =>
        PtxTypes.Bytes(d.Type) == 8 ? Load<TMemory, ulong>(isShared, d, address) : Load<TMemory, uint>(isShared, d, address);

    private static PtxStep Load<TMemory, TRegister>(bool isShared, PtxSlot d, PtxSlot address)
        where TMemory : unmanaged, IBinaryInteger<TMemory>
        where TRegister : unmanaged, IBinaryInteger<TRegister> =>
        isShared ? new LoadSharedStep<TMemory, TRegister>(d, address)
        : d.Elements is null ? new LoadGlobalStep<TMemory, TRegister>(d, address)
        : new LoadGlobalVectorStep<TMemory, TRegister>(d, address);

    private static PtxStep Store(PtxType type, bool isShared, PtxSlot address, PtxSlot a) => PtxTypes.Bytes(type) switch
    {
        1 => Store<byte>(isShared, address, a),
        2 => Store<ushort>(isShared, address, a),
        4 => Store<uint>(isShared, address, a),
        _ => Store<ulong>(isShared, address, a),
    };

    private static PtxStep Store<TMemory>(bool isShared, PtxSlot address, PtxSlot a)
        where TMemory : unmanaged, IBinaryInteger<TMemory> =>
        PtxTypes.Bytes(a.Type) == 8 ? Store<TMemory, ulong>(isShared, address, a) : Store<TMemory, uint>(isShared, address, a);

    private static PtxStep Store<TMemory, TRegister>(bool isShared, PtxSlot address, PtxSlot a)
        where TMemory : unmanaged, IBinaryInteger<TMemory>
        where TRegister : unmanaged, IBinaryInteger<TRegister> =>
        isShared ? new StoreSharedStep<TMemory, TRegister>(address, a)
        : a.Elements is null ? new StoreGlobalStep<TMemory, TRegister>(address, a)
        : new StoreGlobalVectorStep<TMemory, TRegister>(address, a);

    private static IEnumerable<PtxOperation> Atomics<T>(string t)
        where T : unmanaged, IBinaryInteger<T>
    {
        foreach (bool isShared in new[] { false, true })
        {
            yield return Atomic<T, Add<T>>("add", t, isShared);
            yield return Atomic<T, Min<T>>("min", t, isShared);
            yield return Atomic<T, Max<T>>("max", t, isShared);
        }
    }

    private static PtxOperation Atomic<T, TFunction>(string name, string t, bool isShared)
        where T : unmanaged
        where TFunction : ILaneFunction<T, T, T> => isShared
        ? new($"atom.shared.{name}.{t}", $"={t} [shared] {t}", s => new AtomicSharedStep<T, TFunction>(s[0], s[1], s[2]))
        : new($"atom.global.{name}.{t}", $"={t} [global] {t}", s => new AtomicGlobalStep<T, TFunction>(s[0], s[1], s[2]));

    // These are no hints: ca and cg decide how many bytes a copy may have.
    private static PtxOperation Copy(string level) => new(
        $"cp.async.{level}.shared.global", "[shared] [global] # b32?",
        s => new CopyStep(s[0], s[1], Bytes(level, s[2]), s.Length > 3 ? s[3] : null), 80);

    private static int Bytes(string level, PtxSlot size) => size.Value switch
    {
        16 => 16,
        4 or 8 when level == "ca" => (int)size.Value,
        _ => throw new PtxException(0, $"cp.async.{level} of {size.Value} bytes"),
    };

    private static IEnumerable<PtxOperation> Matrices(int count)
    {
        string registers = count == 1 ? "=b32*1" : $"=b32*{count.ToString(CultureInfo.InvariantCulture)}";
        foreach (bool isTransposed in new[] { false, true })
        {
            yield return new(
                $"ldmatrix.sync.aligned.m8n8.x{count.ToString(CultureInfo.InvariantCulture)}{(isTransposed ? ".trans" : "")}.shared.b16",
                $"{registers} [shared]", s => new LoadMatrixStep(s[0], s[1], isTransposed), 75);
        }
    }
}
