#include "libs/log/log.h"

#include <atomic>
#include <cmath>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "libs/base/error.h"
#include "libs/base/strings.h"
#include "libs/base/utc_text.h"
#include "libs/log/json_text.h"
#include "spdlog/logger.h"
#include "spdlog/sinks/basic_file_sink.h"
#include "spdlog/sinks/stdout_sinks.h"

namespace fangpin::log {
namespace {

struct Log {
  Level level = Level::kInfo;
  std::string service;
  std::shared_ptr<spdlog::logger> logger;
};

std::shared_ptr<spdlog::logger> MakeLogger(spdlog::sink_ptr sink) {
  auto logger = std::make_shared<spdlog::logger>("fangpin", std::move(sink));
  logger->set_pattern("%v");
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::warn);
  logger->set_error_handler([](const std::string&) {});
  return logger;
}

// Every log that Init made stays: another thread may still be writing to the last one.
class Logs {
 public:
  Logs() { Add({.logger = MakeLogger(std::make_shared<spdlog::sinks::stderr_sink_mt>())}); }

  void Add(Log log) {
    absl::MutexLock lock(&mutex_);
    all_.push_back(std::make_unique<const Log>(std::move(log)));
    current_.store(all_.back().get(), std::memory_order_release);
  }
  const Log& current() const { return *current_.load(std::memory_order_acquire); }

 private:
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<const Log>> all_ ABSL_GUARDED_BY(mutex_);
  std::atomic<const Log*> current_{nullptr};
};

Logs& AllLogs() {
  static Logs* const logs = new Logs;
  return *logs;
}

constexpr std::string_view kLevelNames[] = {"debug", "info", "warning", "error"};
constexpr spdlog::level::level_enum kSpdlogLevels[] = {spdlog::level::debug, spdlog::level::info,
                                                       spdlog::level::warn, spdlog::level::err};

void AppendMember(std::string_view key, std::string_view text, std::string* out) {
  AppendJsonString(key, out);
  out->push_back(':');
  AppendJsonString(text, out);
}

void AppendValue(const Field::Value& value, std::string* out) {
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    AppendJsonString(Redact(*text), out);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    out->append(*flag ? "true" : "false");
  } else if (const auto* number = std::get_if<double>(&value)) {
    // JSON has no NaN and no infinity.
    out->append(std::isfinite(*number) ? absl::StrCat(*number) : "null");
  } else if (const auto* integer = std::get_if<int64_t>(&value)) {
    out->append(absl::StrCat(*integer));
  } else {
    out->append(absl::StrCat(std::get<uint64_t>(value)));
  }
}

}  // namespace

absl::Status Init(const Options& options) {
  Log log{.level = options.level, .service = options.service};
  try {
    if (options.file.empty()) {
      log.logger = MakeLogger(std::make_shared<spdlog::sinks::stderr_sink_mt>());
    } else {
      log.logger = MakeLogger(std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file));
    }
  } catch (const spdlog::spdlog_ex& error) {
    return base::Error(absl::StatusCode::kUnavailable, "LOG_UNAVAILABLE", "日志文件无法打开")
        .WithMetadata("cause", error.what());
  }
  // Lines reach a file at once when they matter, otherwise when its buffer fills or at Flush.
  if (options.file.empty()) log.logger->flush_on(spdlog::level::trace);
  AllLogs().Add(std::move(log));
  return absl::OkStatus();
}

bool Enabled(Level level) { return level >= AllLogs().current().level; }

void Write(Level level, std::string_view message, Fields fields) {
  const Log& log = AllLogs().current();
  if (level < log.level) return;
  std::string now;
  base::AppendUtcText(absl::Now(), &now);
  const std::string line = FormatLine(level, log.service, now, message, fields);
  log.logger->log(kSpdlogLevels[static_cast<int>(level)], spdlog::string_view_t(line));
}

void Flush() { AllLogs().current().logger->flush(); }

std::string FormatLine(Level level, std::string_view service, std::string_view timestamp,
                       std::string_view message, Fields fields) {
  std::string line = "{";
  AppendMember("ts", timestamp, &line);
  line.push_back(',');
  AppendMember("level", kLevelNames[static_cast<int>(level)], &line);
  line.push_back(',');
  if (!service.empty()) {
    AppendMember("service", service, &line);
    line.push_back(',');
  }
  AppendMember("msg", Redact(message), &line);
  std::string nested;
  for (const Field& field : fields) {
    std::string* out = &nested;
    if (field.key() == "request_id") out = &line;
    if (out == &line || !nested.empty()) out->push_back(',');
    AppendJsonString(field.key(), out);
    out->push_back(':');
    AppendValue(field.value(), out);
  }
  if (!nested.empty()) base::StrAppend(&line, ",\"fields\":{", nested, "}");
  line.push_back('}');
  return line;
}

}  // namespace fangpin::log
