namespace KernelFoundry;

/// <summary>The codecs of the element types that are not quantized.</summary>
internal static unsafe class PrimitiveCodecs
{
    private static readonly Dictionary<Type, ElementCodec> Codecs = new()
    {
        [typeof(float)] = new SingleCodec(),
        [typeof(Half)] = new HalfCodec(),
        [typeof(BFloat16)] = new BFloat16Codec(),
        [typeof(int)] = new Int32Codec(),
        [typeof(sbyte)] = new SByteCodec(),
        [typeof(byte)] = new ByteCodec(),
    };

    public static IReadOnlyCollection<ElementCodec> All => Codecs.Values;

    public static ElementCodec? Find(Type type) => Codecs.GetValueOrDefault(type);

    private sealed class SingleCodec() : ElementCodec("float", 1, sizeof(float))
    {
        public override float Load(byte* address, long element) => ((float*)address)[element];

        public override void Store(byte* address, long element, float value) => ((float*)address)[element] = value;
    }

    private sealed class HalfCodec() : ElementCodec("Half", 1, sizeof(ushort))
    {
        public override float Load(byte* address, long element) => (float)((Half*)address)[element];

        public override void Store(byte* address, long element, float value) => ((Half*)address)[element] = (Half)value;
    }

    private sealed class BFloat16Codec() : ElementCodec("BFloat16", 1, sizeof(ushort))
    {
        public override float Load(byte* address, long element) => ((BFloat16*)address)[element].ToSingle();

        public override void Store(byte* address, long element, float value) => ((BFloat16*)address)[element] = BFloat16.FromSingle(value);
    }

    private sealed class Int32Codec() : ElementCodec("int", 1, sizeof(int))
    {
        public override float Load(byte* address, long element) => ((int*)address)[element];

        public override int LoadInt(byte* address, long element) => ((int*)address)[element];

        public override void StoreInt(byte* address, long element, int value) => ((int*)address)[element] = value;
    }

    private sealed class SByteCodec() : ElementCodec("sbyte", 1, sizeof(sbyte))
    {
        public override float Load(byte* address, long element) => ((sbyte*)address)[element];

        public override int LoadInt(byte* address, long element) => ((sbyte*)address)[element];

        public override sbyte LoadCode(byte* address, long element) => ((sbyte*)address)[element];

        public override void StoreInt(byte* address, long element, int value) => ((sbyte*)address)[element] = (sbyte)Math.Clamp(value, -128, 127);
    }

    private sealed class ByteCodec() : ElementCodec("byte", 1, sizeof(byte))
    {
        public override float Load(byte* address, long element) => address[element];

        public override int LoadInt(byte* address, long element) => address[element];

        public override void StoreInt(byte* address, long element, int value) => address[element] = (byte)Math.Clamp(value, 0, 255);
    }
}
