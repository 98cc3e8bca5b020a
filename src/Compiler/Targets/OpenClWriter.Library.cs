namespace KernelFoundry.Compiler.Targets;

/// <content>What stands before a kernel.</content>
internal sealed partial class OpenClWriter
{
    // Functions a program may need, in the order they are written when its text calls them.
    private static readonly (string Name, string Text)[] Library =
    [
        ("kf_item", "#define kf_item (int)get_local_id(0)"),
        ("kf_barrier", "#define kf_barrier() barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)"),
        ("kf_philox", """
            // First word of Philox4x32-10: key (seed, 0), counter (counter, stream, 0, 0).
            uint kf_philox(uint seed, uint stream, uint counter)
            {
                uint c0 = counter, c1 = stream, c2 = 0, c3 = 0, k0 = seed, k1 = 0;
                for (int round = 0; round < 10; round++)
                {
                    uint h0 = mul_hi(0xD2511F53u, c0), l0 = 0xD2511F53u * c0;
                    uint h1 = mul_hi(0xCD9E8D57u, c2), l1 = 0xCD9E8D57u * c2;
                    c0 = h1 ^ c1 ^ k0;
                    c1 = l1;
                    c2 = h0 ^ c3 ^ k1;
                    c3 = l0;
                    k0 += 0x9E3779B9u;
                    k1 += 0xBB67AE85u;
                }
                return c0;
            }

            """),
        ("kf_bf16", """
            // Rounds to the nearest bfloat16, ties to even; a NaN stays one.
            ushort kf_bf16(float value)
            {
                uint bits = as_uint(value);
                return isnan(value) ? (ushort)((bits >> 16) | 0x40u) : (ushort)((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
            }

            """),
        ("kf_half", """
            // One operation on halves: the bits are the same where the device computes in halves, whose type the runtime defines then, as in floats.
            #ifdef KF_HALF
            #pragma OPENCL EXTENSION cl_khr_fp16 : enable
            #define kf_half(i, p) ((const __global KF_HALF*)p)[i]
            #define kf_set_half(v, i, p) ((__global KF_HALF*)p)[i] = v
            #else
            #define kf_half(i, p) vload_half(i, p)
            #define kf_set_half(v, i, p) vstore_half_rte(v, i, p)
            #endif

            """),
        ("kf_dot4", """
            // Bytes without a sign by bytes with one, four products and a sum.
            #if defined(__opencl_c_integer_dot_product_input_4x8bit_packed)
            #define kf_dot4(a, b, c) ((c) + dot_4x8packed_us_int(as_uint(a), as_uint(b)))
            #else
            int kf_dot4(int a, int b, int c)
            {
                uchar4 x = as_uchar4(a);
                char4 y = as_char4(b);
                return c + (int)x.s0 * (int)y.s0 + (int)x.s1 * (int)y.s1 + (int)x.s2 * (int)y.s2 + (int)x.s3 * (int)y.s3;
            }
            #endif

            """),
        ("kf_permute", """
            // Four of eight bytes by nibbles of a selector; with bit 3 of one set, the sign of its byte in all bits.
            int kf_permute(int low, int high, int selector)
            {
                ulong bytes = ((ulong)as_uint(high) << 32) | as_uint(low);
                uint result = 0;
                for (int i = 0; i < 4; i++)
                {
                    int nibble = selector >> (4 * i);
                    int value = (int)(char)(bytes >> (8 * (nibble & 7)));
                    result |= (uint)((nibble & 8 ? value >> 7 : value) & 255) << (8 * i);
                }
                return as_int(result);
            }

            """),
    ];

    // Shuffles are among 32 work-items. A device with sub-groups of 64 shuffles in their halves; where smaller ones are possible too, 32 is asked for.
    private const string SubGroups = """
        #ifdef cl_khr_subgroups
        #pragma OPENCL EXTENSION cl_khr_subgroups : enable
        #endif
        #ifdef cl_khr_subgroup_shuffle
        #pragma OPENCL EXTENSION cl_khr_subgroup_shuffle : enable
        #endif
        #ifdef cl_intel_required_subgroup_size
        #define KF_SUB_GROUP_SIZE __attribute__((intel_reqd_sub_group_size(32)))
        #else
        #define KF_SUB_GROUP_SIZE
        #endif

        """;
}
