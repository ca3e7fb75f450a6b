#include "tools/fangpinctl/gen/identity.h"

#include "absl/strings/str_format.h"
#include "libs/base/strings.h"

namespace fangpin::sample {
namespace {

// Common ones repeat, so that they are drawn more often.
constexpr std::string_view kSurnames[] = {
    "王", "王", "王", "李", "李", "李", "张", "张", "张", "刘", "刘", "陈", "陈", "杨", "杨",
    "赵", "赵", "周", "吴", "徐", "孙", "马", "马", "马", "朱", "胡", "郭", "何", "高", "罗",
    "郑", "梁", "谢", "宋", "唐", "许", "邓", "韩", "冯", "曹", "彭", "曾", "肖", "田", "董",
    "潘", "袁", "蔡", "蒋", "余", "于", "杜", "叶", "程", "魏", "苏", "吕", "丁", "任", "卢",
    "姚", "沈", "钟", "姜", "崔", "谭", "陆", "范", "汪", "廖", "石", "金", "包", "后", "郎"};

constexpr std::string_view kMaleOld[] = {"德福", "志全", "明义", "长寿", "永贵", "学儒", "俊德",
                                         "自强", "满仓", "进财", "守业", "占奎", "秉忠", "建功"};
constexpr std::string_view kFemaleOld[] = {"秀英", "桂兰", "玉珍", "凤英", "菊香", "淑芳", "巧云",
                                           "改梅", "月娥", "翠莲", "彩霞", "腊梅", "引弟", "香兰"};
constexpr std::string_view kMaleMiddle[] = {"建军", "卫东", "小平", "海龙", "国栋", "永刚", "晓东",
                                            "红兵", "文斌", "耀辉", "世杰", "志伟", "强强", "军平"};
constexpr std::string_view kFemaleMiddle[] = {"小红", "丽娟", "艳萍", "晓霞", "美玲",
                                              "雪梅", "玉红", "亚琴", "海燕", "爱玲",
                                              "娟娟", "彩琴", "惠芳", "莉莉"};
constexpr std::string_view kMaleYoung[] = {"浩然", "子轩", "宇航", "俊杰", "博文", "天佑", "家豪",
                                           "鹏程", "嘉乐", "泽宇", "晨阳", "思远", "一鸣", "凯瑞"};
constexpr std::string_view kFemaleYoung[] = {"欣怡", "梦瑶", "雨涵", "佳怡", "思琪",
                                             "诗雅", "子涵", "婷婷", "若曦", "可馨",
                                             "语彤", "静怡", "雅楠", "梓萱"};
constexpr std::string_view kSingle[] = {"强", "军", "伟", "燕", "娟", "霞", "鹏", "涛", "玲", "辉"};

}  // namespace

std::string CompactDayText(absl::CivilDay day) {
  return absl::StrFormat("%04d%02d%02d", day.year(), day.month(), day.day());
}

const std::vector<std::string>& CadreNames() {
  static const auto* const kNames =
      new std::vector<std::string>{"韩驻村", "罗帮扶", "宋网格", "梁包片", "许支书",
                                   "冯队长", "董文书", "袁专干", "潘入户", "蔡核查"};
  return *kNames;
}

std::string IdentityIssuer::Surname(Random& random) { return std::string(random.Pick(kSurnames)); }

std::string IdentityIssuer::Name(Random& random, std::string_view surname, base::Sex sex,
                                 absl::CivilDay birth) {
  const bool male = sex == base::Sex::kMale;
  if (birth.year() >= 1965 && random.Chance(0.12))
    return base::StrCat(surname, random.Pick(kSingle));
  std::string_view given;
  if (birth.year() < 1965) {
    given = male ? random.Pick(kMaleOld) : random.Pick(kFemaleOld);
  } else if (birth.year() < 1995) {
    given = male ? random.Pick(kMaleMiddle) : random.Pick(kFemaleMiddle);
  } else {
    given = male ? random.Pick(kMaleYoung) : random.Pick(kFemaleYoung);
  }
  return base::StrCat(surname, given);
}

std::string IdentityIssuer::IdNumber(std::string_view region, absl::CivilDay birth, base::Sex sex) {
  const std::string stem = base::StrCat(region, CompactDayText(birth));
  const bool male = sex == base::Sex::kMale;
  // Sequences start above those that tests use for people of their own.
  const int next = sequences_[base::StrCat(stem, male ? "m" : "f")]++;
  const int sequence = (200 + 2 * next + (male ? 1 : 0)) % 1000;
  const std::string first = absl::StrFormat("%s%03d", stem, sequence);
  return first + base::MakeCheckDigit(first);
}

std::string IdentityIssuer::Phone() { return absl::StrFormat("1990%07d", ++phones_); }

}  // namespace fangpin::sample
